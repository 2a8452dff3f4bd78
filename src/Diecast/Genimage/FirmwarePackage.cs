using System.Buffers.Binary;
using Diecast.Formats;
using Diecast.Formats.Blobs;

namespace Diecast.Genimage;

/// <summary>
/// Firmware image packages, which Trusted Firmware-A loads, byte for byte as its fiptool makes them: a header, an entry of 40
/// bytes for each image, one of zeros, then the images (Trusted Firmware-A documentation, "Firmware Image Package").
/// </summary>
internal static class FirmwarePackage
{
    private const uint Name = 0xAA640001;
    private const uint SerialNumber = 0x12345678;
    private const int HeaderLength = 16;
    private const int EntryLength = 40;

    /// <summary>Where in the header's flags a platform's own ones are.</summary>
    private const int PlatformFlags = 32;

    /// <summary>fiptool's option of each image with its UUID, in the order in which images stand.</summary>
    private static readonly (string Option, Guid Id)[] Images =
    [
        ("scp-fwu-cfg", Id("659227032f74e6448dff579ac1ff0610")),
        ("ap-fwu-cfg", Id("60b3eb37c1e5ea419df319eda11f6801")),
        ("fwu", Id("4f511d112be54e49b4c583c2f715840a")),
        ("fwu-cert", Id("71408ab218d6874c8b2ec6dccd50f096")),
        ("tb-fw", Id("5ff9ec0b4d223e4da544c39d81c73f0a")),
        ("scp-fw", Id("9766fd3d89bee849ae5d78a140608213")),
        ("soc-fw", Id("47d4086d4cfe98469b952950cbbd5a00")),
        ("tos-fw", Id("05d0e18953dc13478d2b500a4b7a3e38")),
        ("tos-fw-extra1", Id("0b70c29b2a5a78409f650a5682738288")),
        ("tos-fw-extra2", Id("8ea87bb1cfa23f4d85fde7bba50220d9")),
        ("nt-fw", Id("d6d0eea7fcead54b97829934f234b6e4")),
        ("rmm-fw", Id("6c0762a612f24b5692cbba8f633606d9")),
        ("fw-config", Id("5807e16a845947be8ed5648e8dddab0e")),
        ("hw-config", Id("08b8f1d9c9cf9349a9626fbc6b7265cc")),
        ("tb-fw-config", Id("6c0458ffaf6b7d4f82edaa27bc69bfd2")),
        ("soc-fw-config", Id("9979814b0376fb468c8e8d267f7859e0")),
        ("tos-fw-config", Id("26257c1adbc67f478d96c4c4b0248021")),
        ("nt-fw-config", Id("28da981593e87e44ac661aaf801550f9")),
        ("rot-cert", Id("862d1d72f860e411920b8be762160f24")),
        ("trusted-key-cert", Id("827ee890f860e411a1b4777a21b4f94c")),
        ("scp-fw-key-cert", Id("024221a1f860e4118d9bf33c0e15a014")),
        ("soc-fw-key-cert", Id("8ab8beccf960e4119ad0eb4822d8dcf8")),
        ("tos-fw-key-cert", Id("9477d603fb60e41185ddb7105b8cee04")),
        ("nt-fw-key-cert", Id("8ad5832afb60e4118aafdf30bbc49859")),
        ("tb-fw-cert", Id("d6e269ea5d63e4118d8c9fbabe9956a5")),
        ("scp-fw-cert", Id("44be6f045e63e411b28b73d8eaae9656")),
        ("soc-fw-cert", Id("e2b20c205e63e4119ce8abccf92bb666")),
        ("tos-fw-cert", Id("a49f44115e63e41187283f05722af33d")),
        ("nt-fw-cert", Id("8ec4c1f35d63e411a7a987ee40b23fa7")),
        ("sip-sp-cert", Id("776dfd4486974c3b91ebc13e025a2a6f")),
        ("plat-sp-cert", Id("ddcbbf4acad611ea87d00242ac130003")),
        ("cca-cert", Id("36d83d85761d4daf96f1cd99d6569b00")),
        ("core-swd-cert", Id("52222d31820f494d8bbcea6825d3c35a")),
        ("plat-key-cert", Id("d43cd9025b9f412e8ac692b6d18be60d")),
    ];

    /// <summary>The option of the first, second and third binary of a trusted system.</summary>
    internal static IReadOnlyList<string> TrustedSystem { get; } = ["tos-fw", "tos-fw-extra1", "tos-fw-extra2"];

    /// <summary>Options that name one image each.</summary>
    internal static IReadOnlyList<string> Options { get; } = [.. Images.Select(image => image.Option).Where(option => !TrustedSystem.Contains(option))];

    /// <summary>Lays a package.</summary>
    /// <param name="contents">Images by their options.</param>
    /// <param name="align">Bytes at whose multiples images and the package's end lie.</param>
    /// <param name="platformFlags">The platform's own flags.</param>
    internal static Blob Compose(IReadOnlyDictionary<string, Blob> contents, long align, ushort platformFlags)
    {
        (Guid Id, Blob Content)[] images = [.. Images.Where(image => contents.ContainsKey(image.Option)).Select(image => (image.Id, contents[image.Option]))];
        byte[] table = new byte[HeaderLength + ((images.Length + 1) * EntryLength)];
        BinaryPrimitives.WriteUInt32LittleEndian(table, Name);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4), SerialNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(8), (ulong)platformFlags << PlatformFlags);
        var package = new BlobBuilder();
        long end = table.Length;
        for (int i = 0; i < images.Length; i++)
        {
            long offset = Units.RoundUp(end, align);
            Entry(table, i, images[i].Id, offset, images[i].Content.Length);
            package.Add(offset, images[i].Content);
            end = offset + images[i].Content.Length;
        }

        end = Units.RoundUp(end, align);
        Entry(table, images.Length, Guid.Empty, end, 0);
        package.Add(0, Blob.FromMemory(table));
        return package.ToBlob(end);
    }

    private static void Entry(byte[] table, int index, Guid id, long offset, long length)
    {
        Span<byte> entry = table.AsSpan(HeaderLength + (index * EntryLength), EntryLength);
        id.TryWriteBytes(entry, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(entry[24..], length);
    }

    private static Guid Id(string bytes) => new(Convert.FromHexString(bytes), bigEndian: true);
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Swap;

/// <summary>Swap areas of version 1, as mkswap makes them (linux/swap.h, <c>union swap_header</c>).</summary>
public static class SwapArea
{
    /// <summary>Bytes in a label at most, in UTF-8.</summary>
    public const int MaximumLabelBytes = LabelBytes - 1;

    private const string Format = "swap";
    private const int VersionOffset = 1024;
    private const int LastPageOffset = 1028;
    private const int BadPagesOffset = 1032;
    private const int UuidOffset = 1036;
    private const int LabelOffset = 1052;
    private const int LabelBytes = 16;
    private const int Version = 1;

    /// <summary>mkswap makes none smaller.</summary>
    private const int LeastPages = 10;

    private static readonly int[] PageSizes = [4096, 8192, 16384, 65536];

    private static ReadOnlySpan<byte> Signature => "SWAPSPACE2"u8;

    /// <summary>The least size with pages of a size: ten of them.</summary>
    public static long LeastBytes(int pageSize) => LeastPages * (long)pageSize;

    /// <summary>A swap area that has never been used.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range.</exception>
    public static SwapPlan Plan(SwapOptions options)
    {
        if (!PageSizes.Contains(options.PageSize))
            throw Refuse($"pages of {options.PageSize} bytes; they are of {string.Join(", ", PageSizes)}");
        long pages = options.Size / options.PageSize;
        if (pages < LeastPages)
            throw Refuse($"{options.Size} bytes; the least is {LeastPages} pages, {LeastBytes(options.PageSize)} bytes");
        if (pages - 1 > uint.MaxValue)
            throw Refuse($"{options.Size} bytes; the most is 2^32 pages, {(1L << 32) * options.PageSize} bytes");
        byte[] label = Encoding.UTF8.GetBytes(options.Label);
        if (label.Length > MaximumLabelBytes || options.Label.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(options.Label))
            throw Refuse($"the label '{options.Label}'; it is at most {MaximumLabelBytes} bytes of UTF-8 without NUL");

        byte[] page = new byte[options.PageSize];
        Write(page, VersionOffset, Version, options.IsBigEndian);
        Write(page, LastPageOffset, (uint)(pages - 1), options.IsBigEndian);
        _ = options.Uuid.TryWriteBytes(page.AsSpan(UuidOffset), bigEndian: true, out _);
        label.CopyTo(page, LabelOffset);
        Signature.CopyTo(page.AsSpan(page.Length - Signature.Length));
        return new SwapPlan(options, Blob.Concat(Blob.FromMemory(page), Blob.Zeros(options.Size - page.Length)));
    }

    /// <summary>Whether it is a swap area of this version, with pages of any size.</summary>
    public static bool IsSwap(Blob image) => FindPageSize(image) is not null;

    /// <summary>What the header says.</summary>
    /// <exception cref="InvalidImageException">It is no swap area of version 1, or one whose header is damaged.</exception>
    public static SwapInfo ReadInfo(Blob image)
    {
        int pageSize = FindPageSize(image) ?? throw new InvalidImageException(Format, "there is no mark of a swap area of version 1");
        byte[] page = image.Slice(0, pageSize).ToArray();
        bool isBigEndian = Read(page, VersionOffset, true) == Version;
        if (!isBigEndian && Read(page, VersionOffset, false) != Version)
            throw new InvalidImageException(Format, string.Create(CultureInfo.InvariantCulture, $"the version is {Read(page, VersionOffset, false)}, not 1"));
        long length = (Read(page, LastPageOffset, isBigEndian) + 1L) * pageSize;
        if (length > image.Length)
            throw new InvalidImageException(Format, string.Create(CultureInfo.InvariantCulture, $"it ends at {length}, beyond the image's {image.Length} bytes"));
        ReadOnlySpan<byte> label = page.AsSpan(LabelOffset, LabelBytes);
        int end = label.IndexOf((byte)0);
        return new SwapInfo
        {
            Length = length,
            PageSize = pageSize,
            IsBigEndian = isBigEndian,
            BadPages = Read(page, BadPagesOffset, isBigEndian),
            Uuid = new Guid(page.AsSpan(UuidOffset, 16), bigEndian: true),
            Label = Encoding.UTF8.GetString(end < 0 ? label : label[..end]),
        };
    }

    private static int? FindPageSize(Blob image)
    {
        Span<byte> mark = stackalloc byte[Signature.Length];
        foreach (int pageSize in PageSizes)
        {
            if (image.Length < pageSize)
                break;
            image.Read(pageSize - mark.Length, mark);
            if (mark.SequenceEqual(Signature))
                return pageSize;
        }

        return null;
    }

    private static uint Read(ReadOnlySpan<byte> page, int offset, bool isBigEndian) => isBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(page[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(page[offset..]);

    private static void Write(Span<byte> page, int offset, uint value, bool isBigEndian)
    {
        if (isBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(page[offset..], value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(page[offset..], value);
    }

    private static UnrepresentableException Refuse(FormattableString message) => new(Format, null, FormattableString.Invariant(message));
}

using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>
/// The icon of a distribution of WSL. Microsoft's rules: a file .ico below <c>/usr/lib/wsl</c> or <c>/usr/share/wsl</c>, of at most
/// 10 MB by the page, of 1 MiB by the validator.
/// </summary>
internal static class WslIcon
{
    /// <summary>Where the icon is in the tree.</summary>
    internal const string Target = "/usr/lib/wsl/distribution.ico";

    private const int Largest = 1 << 20;
    private const int HeaderBytes = 6;
    private const int EntryBytes = 16;
    private const ushort IconType = 1;
    private const int LengthAt = 8;
    private const int OffsetAt = 12;

    /// <summary>Puts an icon of the host into the tree; false after an error.</summary>
    internal static bool Put(TreeEditor edit, string path)
    {
        byte[] bytes;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > Largest)
            {
                edit.Error($"the icon {path} has {length} bytes", "WSL takes icons of up to 1 MiB: leave larger pictures out of it");
                return false;
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            edit.Error($"the icon {path} cannot be read: {exception.Message}", "correct image.wsl.icon");
            return false;
        }

        if (!IsIcon(bytes))
        {
            edit.Error($"{path} is no icon", "Windows takes files of the form .ico alone: convert the picture, as by icotool or ImageMagick");
            return false;
        }

        edit.Put(Target, new FileInode(Blob.FromMemory(bytes)));
        return true;
    }

    /// <summary>A directory of pictures that all lie within the file (ICONDIR and ICONDIRENTRY of Windows' resource formats).</summary>
    private static bool IsIcon(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes) != 0 || BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) != IconType)
            return false;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (count == 0 || HeaderBytes + (count * EntryBytes) > bytes.Length)
            return false;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(HeaderBytes + (i * EntryBytes), EntryBytes);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(entry[LengthAt..]);
            long offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[OffsetAt..]);
            if (length == 0 || offset < HeaderBytes + (count * EntryBytes) || offset + length > bytes.Length)
                return false;
        }

        return true;
    }
}

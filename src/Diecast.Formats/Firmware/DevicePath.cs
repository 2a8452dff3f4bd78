using System.Text;

namespace Diecast.Formats.Firmware;

/// <summary>Device paths (UEFI 2.10 section 10.3) in the short forms that firmware completes: a partition by its id, a file's path.</summary>
internal static class DevicePath
{
    private const byte Media = 4;
    private const byte HardDrive = 1;
    private const byte File = 4;
    private const int HeaderLength = 4;
    private const int HardDriveLength = 42;
    private const byte Gpt = 2;
    private const byte IdIsGuid = 2;

    private static readonly byte[] End = [0x7f, 0xff, 4, 0];

    internal static byte[] Write(EfiPartition? partition, string? path)
    {
        byte[] drive = partition is null ? [] : WriteDrive(partition);
        byte[] file = path is null ? [] : WriteFile(path);
        return [.. drive, .. file, .. End];
    }

    private static byte[] WriteDrive(EfiPartition partition)
    {
        byte[] node = new byte[HardDriveLength];
        WriteHeader(node, HardDrive);
        VariableLayout.Set32(node, 4, (uint)partition.Number);
        VariableLayout.Set64(node, 8, (ulong)partition.FirstLba);
        VariableLayout.Set64(node, 16, (ulong)partition.BlockCount);
        partition.Id.TryWriteBytes(node.AsSpan(24));
        node[40] = Gpt;
        node[41] = IdIsGuid;
        return node;
    }

    private static byte[] WriteFile(string path)
    {
        string backslashed = "\\" + path.Replace('/', '\\').TrimStart('\\');
        byte[] node = new byte[HeaderLength + ((backslashed.Length + 1) * sizeof(char))];
        WriteHeader(node, File);
        Encoding.Unicode.GetBytes(backslashed, node.AsSpan(HeaderLength));
        return node;
    }

    private static void WriteHeader(byte[] node, byte kind)
    {
        node[0] = Media;
        node[1] = kind;
        VariableLayout.Set16(node, 2, checked((ushort)node.Length));
    }
}

using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Diecast.Formats.Trees;

namespace Diecast.Repart.Content;

/// <summary>What a character device yields, such as /dev/urandom; it is read from the front however often it is read.</summary>
internal sealed class EndlessBlob(HostFile file) : Blob(long.MaxValue)
{
    private const int TypeBits = 0xf000;

    /// <summary>Whether a path is a character device.</summary>
    internal static bool IsEndless(string path) =>
        FileDescriptor.TryStat(path) is { } status && (status.FullMode & TypeBits) == (int)InodeType.CharacterDevice;

    protected override void ReadCore(long offset, Span<byte> destination) => file.Read(0, destination);
}

using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

#pragma warning disable CA1822
internal sealed class ErofsPack
{
    internal string Codec => "";
    internal byte[] Settings => [];
    internal uint Features => 0;
    internal void LayFiles() { }
    internal Blob Content(in ErofsNode node) => Blob.Empty;
    internal void WriteMap(in ErofsNode node, int at, Span<byte> map, Span<byte> tail) { }
    internal void WriteSuperblock(Span<byte> bytes) { }
}

using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Genimage;

/// <summary>A file of the host as a blob.</summary>
internal static class HostFileBlob
{
    /// <summary>A file with the holes that it has.</summary>
    internal static Blob WithHoles(HostFile file)
    {
        using HostFile.Lease lease = file.Borrow();
        long length = FileDescriptor.MeasureLength(lease.Descriptor, file.DisplayPath);
        var builder = new BlobBuilder();
        foreach (BlobRange range in HostInode.DataRanges(lease.Descriptor, length, file.DisplayPath))
            builder.Add(range.Offset, Blob.FromFile(file, range.Offset, range.Length));
        return builder.ToBlob(length);
    }
}

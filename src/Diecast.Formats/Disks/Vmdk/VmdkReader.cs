using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Puts the disk of a VMDK together from its file or files.</summary>
internal static class VmdkReader
{
    private const int LongestStart = 4096;

    internal static Blob Read(Blob file, VmdkReadOptions options)
    {
        byte[] start = file.Slice(0, Math.Min(file.Length, LongestStart)).ToArray();
        if (VmdkLayout.HasMagic(start))
            return ReadSparse(file);
        if (start.AsSpan().StartsWith("COWD"u8))
            throw Fail($"this is a sparse extent of ESX (COWD), which is not read");
        if (!VmdkDescription.IsDescriptor(start))
            throw Fail($"the file starts neither as a sparse extent nor as a descriptor");
        if (file.Length > VmdkDescription.LargestBytes)
            throw Fail($"the descriptor has {file.Length} bytes; {VmdkDescription.LargestBytes} are read");
        VmdkDescription description = VmdkDescription.Parse(file.ToArray());
        if (description.Extents.Count == 0)
            throw Fail($"the descriptor has no extents");
        return Join(description, options);
    }

    /// <summary>What the image tells of itself, without the files beside it.</summary>
    internal static VmdkInfo ReadInfo(Blob file)
    {
        byte[] start = file.Slice(0, Math.Min(file.Length, LongestStart)).ToArray();
        if (VmdkLayout.HasMagic(start))
        {
            VmdkLayout.Header header = VmdkSparseBlob.ReadHeader(file);
            byte[] text = HasDescriptor(header) ? ReadDescriptor(file, header) : [];
            return VmdkInfo.Of(text, (long)header.Grain * VmdkLayout.Sector, header.Compression == VmdkLayout.Deflate);
        }

        if (!VmdkDescription.IsDescriptor(start) || file.Length > VmdkDescription.LargestBytes)
            throw Fail($"the file starts neither as a sparse extent nor as a descriptor");
        return VmdkInfo.Of(file.ToArray(), null, false);
    }

    private static bool HasDescriptor(in VmdkLayout.Header header) => header.DescriptorOffset != 0 && header.DescriptorSize != 0;

    private static byte[] ReadDescriptor(Blob file, in VmdkLayout.Header header)
    {
        ulong sectors = (ulong)(file.Length / VmdkLayout.Sector);
        if (header.DescriptorOffset >= sectors || header.DescriptorSize > sectors - header.DescriptorOffset)
            throw Fail($"the descriptor, {header.DescriptorSize} sectors at {header.DescriptorOffset}, lies past the end of the file");
        if (header.DescriptorSize > VmdkDescription.LargestBytes / VmdkLayout.Sector)
            throw Fail($"the descriptor has {header.DescriptorSize} sectors; {VmdkDescription.LargestBytes / VmdkLayout.Sector} are read");
        return file.Slice((long)header.DescriptorOffset * VmdkLayout.Sector, (long)header.DescriptorSize * VmdkLayout.Sector).ToArray();
    }

    /// <summary>An image in a file of its own, which has its descriptor inside.</summary>
    private static Blob ReadSparse(Blob file)
    {
        VmdkLayout.Header header = VmdkSparseBlob.ReadHeader(file);
        if (HasDescriptor(header))
        {
            VmdkDescription description = VmdkDescription.Parse(ReadDescriptor(file, header));
            if (description.Extents.Count > 1)
                throw Fail($"the disk has {description.Extents.Count} extents, of which this file is one; read the descriptor's file");
            if (header.Capacity == 0 && description.Length != 0)
                throw Fail($"the file holds only the descriptor of a {description.CreateType} image");
        }

        return header.Capacity == 0 ? Blob.Empty : VmdkSparseBlob.Open(file);
    }

    private static Blob Join(VmdkDescription description, VmdkReadOptions options)
    {
        var disk = new BlobBuilder();
        var files = new Dictionary<string, Blob>(StringComparer.Ordinal);
        long end = 0;
        foreach (VmdkExtent extent in description.Extents)
        {
            if (extent.Type != "ZERO" && extent.Length > 0)
            {
                if (!files.TryGetValue(extent.Name, out Blob? file))
                {
                    file = options.OpenExtent?.Invoke(extent.Name)
                        ?? throw Fail($"the extent '{extent.Name}' is a file of its own, which is not there");
                    files.Add(extent.Name, file);
                }

                disk.Add(end, ReadExtent(extent, file));
            }

            end += extent.Length;
        }

        return disk.ToBlob(end);
    }

    private static Blob ReadExtent(VmdkExtent extent, Blob file)
    {
        if (extent.Type == "SPARSE")
        {
            Blob blob = VmdkSparseBlob.Open(file);
            return blob.Length >= extent.Length
                ? blob.Slice(0, extent.Length)
                : throw Fail($"the extent '{extent.Name}' holds {blob.Length} bytes, where the descriptor says {extent.Length}");
        }

        return extent.Offset <= file.Length && extent.Length <= file.Length - extent.Offset
            ? file.Slice(extent.Offset, extent.Length)
            : throw Fail($"the extent '{extent.Name}', {extent.Length} bytes from {extent.Offset}, reaches past the end of its file of {file.Length} bytes");
    }

    private static InvalidImageException Fail(FormattableString message) => new(VmdkDescriptor.Format, FormattableString.Invariant(message));
}

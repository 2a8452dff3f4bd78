using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class Qcow2ReaderTests
{
    [ToolFact("qemu-img")]
    public void Images_of_qemu_img_with_every_option_read_as_the_disk_they_are_of()
    {
        using var directory = new TempDirectory();
        string[] options =
        [
            "compat=1.1", "compat=0.10", "cluster_size=512", "cluster_size=4k", "cluster_size=2M", "refcount_bits=1",
            "refcount_bits=64", "lazy_refcounts=on", "extended_l2=on", "extended_l2=on,cluster_size=16k",
            "extended_l2=on,cluster_size=2M", "preallocation=metadata", "preallocation=full", "preallocation=falloc",
            "compression_type=zstd", "compat=0.10,cluster_size=1k",
        ];
        for (int i = 0; i < options.Length * 4; i++)
        {
            var random = new Random(1000 + i);
            Blob disk = Qcow2Disks.Rounded(Qcow2Disks.Sparse(random, i == 3 ? 0 : random.NextInt64(1, 6_000_000), random.Next(10), 200_000));
            File.Delete(directory["raw"]);
            BlobTests.Write(disk, directory["raw"], null);
            bool compresses = i / options.Length == 1 && !options[i % options.Length].Contains("preallocation", StringComparison.Ordinal);
            List<string> arguments = ["convert", "-f", "raw", "-O", "qcow2", "-o", options[i % options.Length]];
            if (compresses)
                arguments.Add("-c");
            // Zero clusters instead of unallocated ones.
            if (i / options.Length == 2)
                arguments.AddRange(["-S", "0"]);
            Tool.Check("qemu-img", [.. arguments, directory["raw"], directory["qcow2"]]);
            using var file = HostFile.Open(directory["qcow2"]);
            Blob image = Blob.FromFile(file, 0, new FileInfo(directory["qcow2"]).Length);
            Qcow2Disks.AssertSame(disk, Qcow2.Read(image));
            Assert.Equal(disk.Length, Qcow2.ReadInfo(image).VirtualSize);
        }
    }
}

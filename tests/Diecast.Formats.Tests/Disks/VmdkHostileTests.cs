using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class VmdkHostileTests
{
    private static readonly Blob Disk = SampleDisks.Padded(SampleDisks.Sparse(new Random(8), 40_000_000, 2));

    [Fact]
    public void Mutated_sparse_images_end_in_content_or_a_typed_error()
    {
        byte[] image = Vmdk.Encode(Disk.Slice(0, 34_000_000)).ToArray();
        image = image[..Math.Min(image.Length, 200_000)];
        int refused = SampleDisks.Mutate(image, 10_000, [0..80, 512..1024, 10752..14000], file => SampleDisks.Sample(Vmdk.Read(file)));
        Assert.InRange(refused, 1000, 9999);
    }

    [Fact]
    public void Mutated_streams_end_in_content_or_a_typed_error()
    {
        Blob disk = SampleDisks.Sparse(new Random(9), 300_000, 4);
        byte[] image = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output));
        int refused = SampleDisks.Mutate(
            image, 10_000, [0..80, 512..1024, 65536..66000, ^5000.., ^1100..], file => SampleDisks.Sample(Vmdk.Read(file)));
        Assert.InRange(refused, 1000, 9999);
    }

    [Fact]
    public void Mutated_descriptors_end_in_content_or_a_typed_error()
    {
        byte[] text = Encoding.UTF8.GetBytes(
            "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"
            + "RW 100 FLAT \"a.vmdk\" 0\nRW 20 ZERO\nRDONLY 300 SPARSE \"b.vmdk\"\nRW 7 VMFS \"a.vmdk\" 3\n");
        Blob sparse = Vmdk.Encode(SampleDisks.Sparse(new Random(1), 300 * 512, 4));
        var options = new VmdkReadOptions
        {
            OpenExtent = name =>
            {
                Assert.Equal(-1, name.IndexOfAny(['/', '\\', '\0']));
                Assert.NotEqual("..", name);
                return name == "a.vmdk" ? Blob.FromMemory(new byte[100 * 512]) : name == "b.vmdk" ? sparse : null;
            },
        };
        Assert.Equal(427 * 512, Vmdk.Read(Blob.FromMemory(text), options).Length);
        int refused = SampleDisks.Mutate(text, 20_000, [0.., 90..], file => SampleDisks.Sample(Vmdk.Read(file, options)));
        Assert.InRange(refused, 1000, 19_999);
    }

    [Fact]
    public void An_image_cut_anywhere_is_refused_or_read_as_far_as_it_goes()
    {
        Blob disk = SampleDisks.Sparse(new Random(9), 500_000, 6);
        byte[] stream = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output));
        for (int length = 0; length < stream.Length; length += 487)
            Assert.Throws<InvalidImageException>(() => SampleDisks.Sample(Vmdk.Read(Blob.FromMemory(stream.AsMemory(0, length)))));
        byte[] sparse = Vmdk.Encode(SampleDisks.Padded(disk)).ToArray();
        for (int length = 0; length < sparse.Length - 65536; length += 487)
            Assert.Throws<InvalidImageException>(() => BlobWriter.Digest(Vmdk.Read(Blob.FromMemory(sparse.AsMemory(0, length))), Sum()));
    }

    [Theory]
    [InlineData("parentCID=12345678\nRW 1 ZERO\n", "snapshot")]
    [InlineData("RW 1 FLAT \"../../etc/shadow\" 0\n", "not one in the image's directory")]
    [InlineData("RW 1 FLAT \"/etc/shadow\" 0\n", "not one in the image's directory")]
    [InlineData("RW 1 FLAT \"..\" 0\n", "not one in the image's directory")]
    [InlineData("RW 1 FLAT \"a\\b\" 0\n", "not one in the image's directory")]
    [InlineData("RW 1 SESPARSE \"a.vmdk\"\n", "SESPARSE")]
    [InlineData("RW 1 VMFSRDM \"/vmfs/devices/disks/x\"\n", "VMFSRDM")]
    [InlineData("NOACCESS 1 FLAT \"a.vmdk\" 0\n", "forbids")]
    [InlineData("RW 99999999999999999999 ZERO\n", "number of sectors")]
    [InlineData("RW 18014398509481983 ZERO\nRW 18014398509481983 ZERO\n", "longer than a disk")]
    [InlineData("RW 1 FLAT \"missing.vmdk\" 0\n", "not there")]
    [InlineData("RW 2 FLAT \"a.vmdk\" 0\n", "past the end")]
    [InlineData("RW 1 FLAT \"a.vmdk\" 1\n", "past the end")]
    [InlineData("RW 1 SPARSE \"a.vmdk\"\n", "sparse one")]
    [InlineData("version=4\nRW 1 ZERO\n", "version")]
    [InlineData("\n", "no extents")]
    public void Descriptors_of_what_is_not_read_are_refused_by_name(string lines, string message)
    {
        Blob file = Blob.FromText("# Disk DescriptorFile\nversion=1\n" + lines);
        var options = new VmdkReadOptions { OpenExtent = name => name == "a.vmdk" ? Blob.Zeros(512) : null };
        Assert.Contains(message, Assert.Throws<InvalidImageException>(() => Vmdk.Read(file, options)).Message);
    }

    [Fact]
    public void Absurd_counts_take_no_memory()
    {
        byte[] image = Vmdk.Encode(Disk).ToArray();
        image.AsSpan(12, 6).Fill(0xff);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidImageException>(() => Vmdk.Read(Blob.FromMemory(image)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Throws<InvalidImageException>(() => Vmdk.Read(Blob.Zeros(5L << 20)));
        Assert.Throws<InvalidImageException>(() => Vmdk.Read(Blob.Concat(Blob.FromText("COWD"), Blob.Zeros(4096))));
        Assert.Throws<InvalidImageException>(() => Vmdk.Read(Blob.Concat(Blob.FromText("# Disk DescriptorFile\nversion=1\n"), Blob.Zeros(5L << 20))));
    }

    private static System.Security.Cryptography.IncrementalHash Sum() =>
        System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
}

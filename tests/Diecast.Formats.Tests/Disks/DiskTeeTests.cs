using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class DiskTeeTests
{
    [Fact]
    public void Every_output_of_one_pass_is_as_if_it_were_alone()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 60; seed++)
        {
            var model = new BlobModel(new Random(seed), Directory.CreateDirectory(directory[$"s{seed}"]).FullName);
            (Blob disk, byte[] bytes) = model.Make(3);
            Func<Blob, Blob> small = d => Qcow2.Encode(d, new Qcow2Options { ClusterSize = 512 });
            byte[] qcow2 = small(disk).ToArray();
            byte[] backwards = Backwards(disk).ToArray();
            using var outputs = new Outputs(directory);
            DiskTee.Write(disk, [
                new RawDiskWriter(outputs.File("raw")),
                new PlannedDiskWriter(disk, small, outputs.File("qcow2")),
                new PlannedDiskWriter(disk, Backwards, outputs.File("backwards")),
                new PlannedDiskWriter(disk, small, outputs.Stream("piped")),
                new RawDiskWriter(outputs.Stream("piped raw"))]);
            Assert.Equal(bytes, outputs.Bytes("raw"));
            Assert.Equal(qcow2, outputs.Bytes("qcow2"));
            Assert.Equal(backwards, outputs.Bytes("backwards"));
            Assert.Equal(qcow2, outputs.Bytes("piped"));
            Assert.Equal(bytes, outputs.Bytes("piped raw"));
            foreach (string name in (string[])["raw", "qcow2", "backwards", "piped"])
                Assert.Equal(SHA256.HashData(outputs.Bytes(name)), outputs.Hash(name));
        }
    }

    [Fact]
    public void One_output_is_fed_without_a_thread_and_host_files_reach_it_as_such()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["source"], new byte[200_000]);
        using HostFile source = HostFile.Open(directory["source"]);
        var witness = new Witness();
        DiskTee.Write(Blob.Concat(Blob.FromFile(source, 0, 200_000), Blob.Zeros(10_000)), [witness]);
        Assert.Equal(["file 200000", "hole 10000", "complete"], witness.Seen);
        Assert.Equal(Environment.CurrentManagedThreadId, witness.Thread);
    }

    [Fact]
    public void Each_piece_is_read_once()
    {
        long read = 0;
        var generated = new GeneratedBlob(3_000_000, (offset, destination) =>
        {
            Interlocked.Add(ref read, destination.Length);
            destination.Fill(7);
        });
        using var directory = new TempDirectory();
        using var outputs = new Outputs(directory);
        DiskTee.Write(generated, [
            new RawDiskWriter(outputs.File("raw")),
            new PlannedDiskWriter(generated, d => Qcow2.Encode(d), outputs.File("qcow2")),
            new Recompressor(outputs.File("blocks"), 65536)]);
        Assert.Equal(generated.Length, read);
    }

    [Fact]
    public void A_fault_of_one_writer_stops_the_others_and_is_what_the_caller_gets()
    {
        using var directory = new TempDirectory();
        using var outputs = new Outputs(directory);
        var disk = new GeneratedBlob(1L << 40, (_, destination) => destination.Fill(1));
        IOException fault = Assert.Throws<IOException>(() => DiskTee.Write(disk, [new Witness(), new Witness { Fault = new IOException("no room") }]));
        Assert.Equal("no room", fault.Message);
    }

    [Fact]
    public void A_cancelled_pass_ends_with_that()
    {
        using var source = new CancellationTokenSource();
        var disk = new GeneratedBlob(1L << 40, (offset, _) =>
        {
            if (offset > 5_000_000)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => DiskTee.Write(disk, [new Witness(), new Witness()], null, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => DiskTee.Write(disk, [new Witness()], null, source.Token));
    }

    [Fact]
    public void Blocks_are_cut_alike_however_the_pieces_come()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 60; seed++)
        {
            var model = new BlobModel(new Random(seed), Directory.CreateDirectory(directory[$"s{seed}"]).FullName);
            (Blob disk, byte[] bytes) = model.Make(3);
            using var outputs = new Outputs(directory);
            var alone = new Recompressor(outputs.File("alone"), 4096);
            var first = new Recompressor(outputs.File("first"), 4096);
            DiskTee.Write(disk, [alone]);
            DiskTee.Write(disk, [first, new RawDiskWriter(outputs.File("raw"))]);
            Assert.Equal(alone.Log, first.Log);
            Assert.Equal(outputs.Bytes("alone"), outputs.Bytes("first"));
            Assert.Equal(bytes, alone.Content.ToArray());
        }
    }

    [Fact]
    public void A_stream_cannot_be_written_out_of_order()
    {
        using var output = DiskOutput.ToStream(new MemoryStream(), "pipe");
        Blob disk = Blob.FromMemory(new byte[5000]);
        Assert.Throws<NotSupportedException>(() => new PlannedDiskWriter(disk, Backwards, output));
        Assert.Throws<InvalidOperationException>(() => new PlannedDiskWriter(disk, d => Blob.Concat(d, d), output));
    }

    /// <summary>A format that stores the disk's pages of 1000 bytes from the last to the first, each with a byte before it.</summary>
    private static Blob Backwards(Blob disk)
    {
        var file = new BlobBuilder();
        for (long end = disk.Length; end > 0; end -= 1000)
        {
            long start = Math.Max(0, end - 1000);
            file.Append(Blob.FromMemory(new byte[] { 0xBB }));
            file.Append(disk.Slice(start, end - start));
        }

        return file.ToBlob();
    }

    private sealed class Outputs(TempDirectory directory) : IDisposable
    {
        private readonly Dictionary<string, (IDisposable Owner, DiskOutput Output, IncrementalHash Digest)> _outputs = [];

        public DiskOutput File(string name)
        {
            var file = new FileStream(directory[name], FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
            var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            DiskOutput output = DiskOutput.ToFile(file.SafeFileHandle, name, digest);
            _outputs.Add(name, (file, output, digest));
            return output;
        }

        public DiskOutput Stream(string name)
        {
            var stream = new MemoryStream();
            var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            DiskOutput output = DiskOutput.ToStream(stream, name, digest);
            _outputs.Add(name, (stream, output, digest));
            return output;
        }

        public byte[] Bytes(string name)
        {
            if (_outputs[name].Owner is MemoryStream memory)
                return memory.ToArray();
            using FileStream file = new(directory[name], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }

        public byte[] Hash(string name) => _outputs[name].Digest.GetHashAndReset();

        public void Dispose()
        {
            foreach ((IDisposable owner, DiskOutput output, IncrementalHash digest) in _outputs.Values)
            {
                output.Dispose();
                digest.Dispose();
                owner.Dispose();
            }
        }
    }

    private sealed class Witness : DiskWriter
    {
        public List<string> Seen { get; } = [];

        public int Thread { get; private set; }

        public IOException? Fault { get; init; }

        public override void Hole(long length) => See($"hole {length}");

        public override void Bytes(ReadOnlySpan<byte> bytes) => See($"bytes {bytes.Length}");

        public override void File(HostFile file, long offset, long length) => See($"file {length}");

        public override void Generated(Blob blob, long offset, long length)
        {
            Span<byte> one = stackalloc byte[1];
            blob.Read(offset, one);
            blob.Read(offset + length - 1, one);
            See($"generated {length}");
        }

        public override void Complete() => See("complete");

        private void See(string what)
        {
            Thread = Environment.CurrentManagedThreadId;
            if (Fault is not null)
                throw Fault;
            Seen.Add(what);
        }
    }

    private sealed class Recompressor(DiskOutput output, int blockSize)
        : BlockDiskWriter(BlockCodecs.Deflate(1), blockSize, null, BlockTail.Short, new DiskWriteOptions { Workers = 2 })
    {
        public List<string> Log { get; } = [];

        public MemoryStream Content { get; } = new();

        public override void Block(FinishedBlock block)
        {
            Log.Add($"{block.Number} {block.Input.Length} {block.IsZero}");
            Content.Write(block.Input);
            output.Bytes(block.Output);
        }

        public override void Holes(long first, long count)
        {
            Log.Add($"{first} holes {count}");
            Content.Write(new byte[Math.Min(count * _blockSize, DiskPosition - Content.Length)]);
        }

        protected override void Finish() => output.Complete();

        private readonly int _blockSize = blockSize;
    }
}

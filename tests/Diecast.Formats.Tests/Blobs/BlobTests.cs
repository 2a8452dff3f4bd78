using System.Security.Cryptography;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Blobs;

public sealed class BlobTests
{
    [Fact]
    public void Random_compositions_read_emit_slice_and_write_the_same_bytes()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            (Blob blob, byte[] bytes) = new BlobModel(random, directory.Path).Make(depth: 3);
            Assert.Equal(bytes.Length, blob.Length);
            Assert.True(blob.ToArray().AsSpan().SequenceEqual(bytes), $"seed {seed}: read");
            Assert.True(Emitted(blob, 0, blob.Length).AsSpan().SequenceEqual(bytes), $"seed {seed}: emitted");
            for (int i = 0; i < 20; i++)
            {
                int offset = random.Next(bytes.Length + 1);
                int length = random.Next(bytes.Length - offset + 1);
                byte[] part = new byte[length];
                blob.Read(offset, part);
                Assert.True(part.AsSpan().SequenceEqual(bytes.AsSpan(offset, length)), $"seed {seed}: part");
                Assert.True(Emitted(blob, offset, length).AsSpan().SequenceEqual(part), $"seed {seed}: emitted part");
                Assert.True(blob.Slice(offset, length).ToArray().AsSpan().SequenceEqual(part), $"seed {seed}: slice");
            }

            string path = directory[$"target-{seed}"];
            using IncrementalHash? digest = seed % 2 == 0 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
            Write(blob, path, digest);
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes), $"seed {seed}: written");
            if (digest is not null)
                Assert.Equal(SHA256.HashData(bytes), digest.GetHashAndReset());
        }
    }

    [Fact]
    public void Data_ranges_cover_all_data_and_are_joined_and_ordered()
    {
        using var directory = new TempDirectory();
        for (int seed = 100; seed < 130; seed++)
        {
            (Blob blob, byte[] bytes) = new BlobModel(new Random(seed), directory.Path).Make(depth: 3);
            long end = -1;
            byte[] covered = new byte[bytes.Length];
            foreach (BlobRange range in blob.DataRanges())
            {
                Assert.True(range.Length > 0);
                Assert.True(range.Offset > end, "neighbours are one range");
                end = range.End;
                bytes.AsSpan((int)range.Offset, (int)range.Length).CopyTo(covered.AsSpan((int)range.Offset));
            }

            Assert.True(end <= blob.Length);
            Assert.True(covered.AsSpan().SequenceEqual(bytes), $"seed {seed}");
        }
    }

    [Fact]
    public void Ranges_outside_are_refused()
    {
        Blob blob = Blob.FromText("twelve bytes");
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.Slice(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.Slice(12, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.Slice(1, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.Slice(long.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => blob.Read(11, new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blob.Zeros(-1));
        Assert.Equal(0, blob.Slice(12, 0).Length);
    }

    [Fact]
    public void Overlapping_pieces_are_refused_in_either_order()
    {
        foreach (bool reversed in new[] { false, true })
        {
            var builder = new BlobBuilder();
            builder.Add(reversed ? 7 : 0, Blob.FromText("12345678"));
            builder.Add(reversed ? 0 : 7, Blob.FromText("12345678"));
            Assert.Contains("overlap", Assert.Throws<InvalidOperationException>(builder.ToBlob).Message);
        }

        var touching = new BlobBuilder();
        touching.Add(8, Blob.FromText("12345678"));
        touching.Add(0, Blob.FromText("abcdefgh"));
        Assert.Equal("abcdefgh12345678"u8.ToArray(), touching.ToBlob().ToArray());
        Assert.Throws<InvalidOperationException>(() => touching.ToBlob(15));
        Assert.Throws<ArgumentOutOfRangeException>(() => touching.Add(-1, Blob.FromText("x")));
    }

    [Fact]
    public void A_stream_over_a_blob_reads_and_seeks()
    {
        Blob blob = Blob.Concat(Blob.FromText("abc"), Blob.Zeros(3), Blob.FromText("def"));
        using Stream stream = blob.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal("abc\0\0\0def"u8.ToArray(), copy.ToArray());
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(7, stream.Seek(-2, SeekOrigin.End));
        Assert.Equal('e', stream.ReadByte());
        Assert.False(stream.CanWrite);
    }

    [Fact]
    public void A_source_that_shrinks_is_an_IO_error_on_every_path()
    {
        using var directory = new TempDirectory();
        foreach (int length in new[] { 1_000, 1_000_000 })
        {
            string path = directory["shrinks"];
            File.WriteAllBytes(path, new byte[length]);
            using var open = HostFile.Open(path);
            Blob[] blobs = [Blob.FromFile(HostFile.FromPath(path), 0, length), Blob.FromFile(open, 0, length)];
            File.WriteAllBytes(path, new byte[length - 1]);
            foreach (Blob blob in blobs)
            {
                Assert.Contains("shrunk", Assert.Throws<IOException>(() => blob.ToArray()).Message);
                Assert.Throws<IOException>(() => Write(blob, directory["target"], null));
                using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                Assert.Throws<IOException>(() => Write(blob, directory["target"], digest));
            }

            File.Delete(path);
            Assert.Throws<FileNotFoundException>(() => blobs[0].ToArray());
        }
    }

    internal static void Write(Blob blob, string path, IncrementalHash? digest, CancellationToken cancellation = default)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        BlobWriter.Write(blob, file, path, new BlobWriteOptions { Digest = digest }, cancellation);
    }

    private static byte[] Emitted(Blob blob, long offset, long length)
    {
        var sink = new MemorySink();
        blob.Emit(offset, length, sink);
        return sink.ToArray();
    }

    private sealed class MemorySink : IBlobSink
    {
        private readonly List<byte> _bytes = [];

        public byte[] ToArray() => [.. _bytes];

        public void Hole(long length)
        {
            Assert.True(length > 0);
            _bytes.AddRange(new byte[length]);
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void File(HostFile file, long offset, long length) => _bytes.AddRange(Blob.FromFile(file, offset, length).ToArray());

        public void Generated(Blob blob, long offset, long length) => _bytes.AddRange(blob.Slice(offset, length).ToArray());
    }
}

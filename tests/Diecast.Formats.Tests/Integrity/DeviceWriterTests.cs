using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Integrity;
using Diecast.Testing;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.Integrity;

public sealed class DeviceWriterTests
{
    [Fact]
    public void The_file_and_the_tree_are_what_they_are_when_the_device_is_hashed_first_and_written_then()
    {
        using var directory = new TempDirectory();
        var random = new Random(81);
        for (int i = 0; i < 60; i++)
        {
            var options = new DmVerityOptions
            {
                DataBlockSize = 512 << (i % 11),
                HashBlockSize = 512 << random.Next(5),
                Salt = RandomData.Bytes(random.Next(40), i),
            };
            int length = options.DataBlockSize * random.Next(1, Math.Max(2, (i % 7 == 0 ? 12 << 20 : 1 << 20) / options.DataBlockSize));
            byte[] bytes = RandomData.Patchy(length, i);
            File.WriteAllBytes(directory["source"], bytes);
            using HostFile source = HostFile.Open(directory["source"]);
            Blob data = Pieces(bytes, source, random);
            long offset = random.Next(3) switch
            {
                0 => random.Next(4) << 20,
                1 => random.Next(1, 300) * 4096L,
                _ => random.Next(1, 3000) * 512L,
            };

            using SafeFileHandle handle = Create(directory[$"target-{i}"]);
            using HostFile target = Unowned(handle);
            WrittenDevice device = DmVerity.Write(data, target, offset, options);

            DmVerityTree expected = DmVerity.Build(data, options);
            Assert.Equal(expected.RootHashText, device.Tree.RootHashText);
            Assert.Equal(expected.Hash.ToArray(), device.Tree.Hash.ToArray());
            Assert.Equal(bytes, Grown(handle, device.Content, offset + length));
            byte[] file = File.ReadAllBytes(directory[$"target-{i}"]);
            Assert.True(file.AsSpan((int)offset, length).SequenceEqual(bytes));
            Assert.False(file.AsSpan(0, (int)offset).ContainsAnyExcept((byte)0));
            Assert.Equal(offset + length, file.Length);
            File.Delete(directory[$"target-{i}"]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_threads_make_no_difference(int threads)
    {
        using var directory = new TempDirectory();
        byte[] bytes = RandomData.Patchy(21 << 20, 5);
        var options = new DmVerityOptions { Salt = RandomData.Bytes(32, 6) };
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);
        long told = 0;
        WrittenDevice device = new DmVerityBuilder(options, null, threads)
            .Write(RandomData.WithHoles(bytes), target, 8192, new Reports(value => told = value), CancellationToken.None);
        Assert.Equal(bytes.Length, told);
        Assert.Equal(DmVerity.Build(Blob.FromMemory(bytes), options).RootHashText, device.Tree.RootHashText);
        Assert.Equal(bytes, Grown(handle, device.Content, 8192 + bytes.Length));
    }

    [Fact]
    public void Each_byte_is_read_once_and_holes_are_not()
    {
        using var directory = new TempDirectory();
        var counted = new CountingBlob(9 << 20);
        var layout = new BlobBuilder();
        layout.Add(4096, counted);
        layout.Add(3L << 30, counted.Slice(0, 1000));
        Blob data = layout.ToBlob(4L << 30);
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);

        WrittenDevice device = DmVerity.Write(data, target, 1 << 20, new DmVerityOptions());

        Assert.Equal(counted.Length + 1000, counted.BytesRead);
        Assert.Equal(DmVerity.Build(data, new DmVerityOptions()).RootHashText, device.Tree.RootHashText);
    }

    [Fact]
    public void What_is_hashed_is_what_is_written_even_of_a_source_that_changes_at_each_reading()
    {
        using var directory = new TempDirectory();
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);
        int reads = 0;
        var changing = new GeneratedBlob(6 << 20, (offset, destination) => destination.Fill((byte)(1 + (Interlocked.Increment(ref reads) % 255))));

        WrittenDevice device = DmVerity.Write(changing, target, 4096, new DmVerityOptions());

        Assert.Null(DmVerity.Verify(device.Content, device.Tree.Hash, device.Tree.RootHash));
        Assert.True(reads > 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_in_its_place_is_not_written_again(bool digested)
    {
        const int Offset = 3 << 20;
        using var directory = new TempDirectory();
        byte[] bytes = RandomData.Patchy(7 << 20, 9);
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);
        WrittenDevice device = DmVerity.Write(RandomData.WithHoles(bytes), target, Offset, new DmVerityOptions());
        // A mark that would be gone if it were.
        int marked = bytes.AsSpan(5000).IndexOfAnyExcept((byte)0) + 5000;
        bytes[marked] ^= 0xff;
        RandomAccess.Write(handle, [bytes[marked]], Offset + marked);
        byte[] before = RandomData.Bytes(100_000, 1);
        byte[] after = RandomData.Bytes(2 << 20, 2);
        var disk = new BlobBuilder();
        disk.Add(0, before);
        disk.Add(Offset, device.Content);
        disk.Add(12 << 20, after);
        byte[] expected = new byte[16 << 20];
        before.CopyTo(expected, 0);
        bytes.CopyTo(expected, Offset);
        after.CopyTo(expected, 12 << 20);

        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Blob whole = disk.ToBlob(expected.Length);
            BlobWriter.Write(whole, handle, directory["target"], digested ? new BlobWriteOptions { Digest = hash } : null);
            if (digested)
                Assert.Equal(SHA256.HashData(expected), hash.GetHashAndReset());
            using DiskOutput output = DiskOutput.ToFile(handle, directory["target"], digested ? hash : null);
            whole.Emit(output);
            output.Complete();
            if (digested)
                Assert.Equal(SHA256.HashData(expected), hash.GetHashAndReset());
        }

        Assert.True(File.ReadAllBytes(directory["target"]).AsSpan().SequenceEqual(expected));
    }

    [MountFact("mkfs.xfs", "filefrag")]
    public void Blocks_that_the_target_can_share_are_only_read()
    {
        using var directory = new TempDirectory();
        Tool.Check("truncate", "-s", "400M", directory["disk"]);
        Tool.Check("mkfs.xfs", "-q", "-m", "reflink=1", directory["disk"]);
        using var mount = new LoopMount(directory["disk"], type: "xfs");
        byte[] bytes = RandomData.Bytes(9_000_001, 12);
        File.WriteAllBytes(Path.Combine(mount.Path, "source"), bytes);
        using HostFile source = HostFile.Open(Path.Combine(mount.Path, "source"));
        var layout = new BlobBuilder();
        layout.Add(65536, Blob.FromFile(source, 0, bytes.Length));
        layout.Add(65536 + 9_007_104, Blob.FromFile(source, 4096, 1 << 20));
        layout.Add(65536 + 9_007_104 + (1 << 20) + 1, Blob.FromFile(source, 0, 1 << 20));
        Blob data = layout.ToBlob(4096 * 5000);
        string path = Path.Combine(mount.Path, "target");
        using SafeFileHandle handle = Create(path);
        using HostFile target = Unowned(handle);

        WrittenDevice device = DmVerity.Write(data, target, 1 << 20, new DmVerityOptions());

        Assert.Equal(DmVerity.Build(data, new DmVerityOptions()).RootHashText, device.Tree.RootHashText);
        Assert.True(Grown(handle, device.Content, (1 << 20) + data.Length).AsSpan().SequenceEqual(data.ToArray()));
        string extents = Tool.Check("filefrag", "-v", "-b4096", path);
        Assert.Equal((9_000_001 / 4096) + 256, extents.Split('\n').Where(line => line.Contains("shared", StringComparison.Ordinal)).Sum(Blocks));

        // Extent, logical range, physical range, length, flags.
        static int Blocks(string line) =>
            int.Parse(line.Split(':')[3], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Bytes_of_the_target_that_belong_elsewhere_are_copied()
    {
        using var directory = new TempDirectory();
        byte[] bytes = RandomData.Bytes(2 << 20, 3);
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);
        WrittenDevice device = DmVerity.Write(Blob.FromMemory(bytes), target, 0, new DmVerityOptions());
        var disk = new BlobBuilder();
        disk.Add(0, device.Content);
        disk.Add(4 << 20, device.Content);
        BlobWriter.Write(disk.ToBlob(), handle, directory["target"]);
        Assert.Equal(bytes, File.ReadAllBytes(directory["target"])[(4 << 20)..]);
    }

    [Fact]
    public void A_fault_of_the_source_and_a_cancellation_end_it()
    {
        using var directory = new TempDirectory();
        using SafeFileHandle handle = Create(directory["target"]);
        using HostFile target = Unowned(handle);
        using var stop = new CancellationTokenSource();
        var failing = new GeneratedBlob(64 << 20, (offset, destination) =>
        {
            if (offset > 20 << 20)
                throw new IOException("the source is gone");
            destination.Fill(1);
        });
        Assert.Equal("the source is gone", Assert.Throws<IOException>(() => DmVerity.Write(failing, target, 0, new DmVerityOptions())).Message);
        var slow = new GeneratedBlob(1L << 40, (offset, destination) =>
        {
            if (offset > 20 << 20)
                stop.Cancel();
            destination.Fill(1);
        });
        Assert.ThrowsAny<OperationCanceledException>(() => DmVerity.Write(slow, target, 0, new DmVerityOptions(), null, stop.Token));
        Assert.True(RandomAccess.GetLength(handle) < 1L << 30);
    }

    /// <summary>The same bytes as memory, ranges of a file and what is made when it is read, with holes.</summary>
    private static Blob Pieces(byte[] bytes, HostFile source, Random random)
    {
        Blob holes = RandomData.WithHoles(bytes);
        var made = new GeneratedBlob(bytes.Length, (offset, destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination));
        var builder = new BlobBuilder();
        for (int at = 0; at < bytes.Length;)
        {
            int count = Math.Min(bytes.Length - at, random.Next(1, 200_000));
            builder.Append(random.Next(4) switch
            {
                0 => Blob.FromMemory(bytes.AsMemory(at, count)),
                1 => Blob.FromFile(source, at, count),
                2 => made.Slice(at, count),
                _ => holes.Slice(at, count),
            });
            at += count;
        }

        return builder.ToBlob();
    }

    private static byte[] Grown(SafeFileHandle handle, Blob content, long length)
    {
        // The end may be a hole, which nothing writes.
        RandomAccess.SetLength(handle, length);
        return content.ToArray();
    }

    private static SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static HostFile Unowned(SafeFileHandle handle) => HostFile.FromHandle(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), "target");

    private sealed class Reports(Action<long> take) : IProgress<long>
    {
        public void Report(long value) => take(value);
    }

    private sealed class CountingBlob(long length) : Blob(length)
    {
        private long _read;

        internal long BytesRead => Interlocked.Read(ref _read);

        protected override void ReadCore(long offset, Span<byte> destination)
        {
            Interlocked.Add(ref _read, destination.Length);
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)((offset + i) * 7 % 251);
        }
    }
}

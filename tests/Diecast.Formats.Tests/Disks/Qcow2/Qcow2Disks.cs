using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Disks;

/// <summary>Disks to write and ways to look at images.</summary>
internal static class Qcow2Disks
{
    /// <summary>Random pieces with holes between: noise, text, zeros that are data.</summary>
    internal static Blob Sparse(Random random, long size, int pieces, int largest = 500_000)
    {
        var builder = new BlobBuilder();
        long at = 0;
        for (int i = 0; i < pieces && at < size; i++)
        {
            at += random.Next(4) == 0 ? 0 : random.NextInt64(0, (size / 4) + 1);
            byte[] bytes = new byte[Math.Clamp(random.Next(3) == 0 ? random.Next(largest) : random.Next(5000), 0, Math.Max(0, size - at))];
            switch (random.Next(4))
            {
                case 0:
                    break;
                case 1:
                    for (int j = 0; j < bytes.Length; j++)
                        bytes[j] = (byte)"a line of text\n"[(j + (j / 900)) % 15];
                    break;
                default:
                    random.NextBytes(bytes);
                    break;
            }

            builder.Add(at, Blob.FromMemory(bytes));
            at += bytes.Length;
        }

        return builder.ToBlob(Math.Max(size, builder.End));
    }

    /// <summary>The disk with some of its parts written anew, emptied or left.</summary>
    internal static Blob Changed(Random random, Blob disk, long size)
    {
        byte[] bytes = new byte[size];
        disk.Read(0, bytes.AsSpan(0, (int)Math.Min(size, disk.Length)));
        for (int i = random.Next(10); i > 0 && size > 0; i--)
        {
            int at = random.Next((int)size);
            Span<byte> part = bytes.AsSpan(at, random.Next((int)Math.Min(size - at, 300_000) + 1));
            if (random.Next(2) == 0)
                part.Clear();
            else
                random.NextBytes(part);
        }

        return Blob.FromMemory(bytes);
    }

    internal static void AssertSame(Blob expected, Blob actual)
    {
        const int Step = 1 << 20;
        Assert.Equal(expected.Length, actual.Length);
        byte[] one = new byte[Step];
        byte[] other = new byte[Step];
        for (long at = 0; at < expected.Length; at += Step)
        {
            int count = (int)Math.Min(Step, expected.Length - at);
            expected.Read(at, one.AsSpan(0, count));
            actual.Read(at, other.AsSpan(0, count));
            Assert.True(one.AsSpan(0, count).SequenceEqual(other.AsSpan(0, count)), $"the disks differ within 1 MiB of {at}");
        }

        // The walk tells the same bytes, and what it calls a hole is one.
        var written = new Diecast.Formats.Tests.Disks.CollectingSink(actual.Length);
        if (actual.Length <= 64 << 20)
        {
            actual.Emit(written);
            Assert.True(written.Bytes.AsSpan().SequenceEqual(expected.ToArray()));
        }
    }

    /// <summary>The disk as images have it: up to a whole sector.</summary>
    internal static Blob Rounded(Blob disk) => Blob.Concat(disk, Blob.Zeros(((disk.Length + 511) / 512 * 512) - disk.Length));
}

/// <summary>Puts the pieces of a walk together.</summary>
internal sealed class CollectingSink(long length) : IBlobSink
{
    private int _position;

    public byte[] Bytes { get; } = new byte[length];

    public long HoleBytes { get; private set; }

    public void Hole(long length)
    {
        _position += (int)length;
        HoleBytes += length;
    }

    void IBlobSink.Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Bytes.AsSpan(_position));
        _position += bytes.Length;
    }

    public void File(HostFile file, long offset, long length) => Generated(Blob.FromFile(file, offset, length), 0, length);

    public void Generated(Blob blob, long offset, long length)
    {
        blob.Read(offset, Bytes.AsSpan(_position, (int)length));
        _position += (int)length;
    }
}

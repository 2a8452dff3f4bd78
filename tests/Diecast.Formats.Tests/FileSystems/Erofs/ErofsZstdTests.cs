using System.Buffers.Binary;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

public sealed class ErofsZstdTests
{
    private const int BlockSize = 4096;

    [Theory]
    [InlineData(3, 65536, 40)]
    [InlineData(1, 16384, 20)]
    [InlineData(19, 131072, 40)]
    public void Units_hold_what_they_took_and_are_nearly_full(int level, int cluster, int share)
    {
        byte[] content = Content(7, 3_000_000);
        long stored = 0;
        long waste = 0;
        foreach ((int offset, int taken, byte[] frame) in Cut(content, level, cluster))
        {
            if (frame.Length == 0)
                continue;
            Assert.InRange(frame.Length, 1, cluster);
            Assert.True(content.AsSpan(offset, taken).SequenceEqual(Decompressed(frame, taken)), $"the unit at {offset}");
            if (offset + taken == content.Length)
                continue;
            stored += Units.RoundUp(frame.Length, BlockSize);
            waste += Units.RoundUp(frame.Length, BlockSize) - frame.Length;
        }

        Assert.InRange(stored, 500_000, 2_500_000);
        Assert.InRange(waste, 0, stored / share);
    }

    [Fact]
    public void What_was_compressed_before_changes_nothing()
    {
        byte[] content = Content(8, 700_000);
        using var used = new ErofsZstdFitter(3, 19, BlockSize);
        byte[] unit = new byte[65536];
        _ = used.Fit(Content(9, 500_000), unit);
        _ = used.Fit(Content(10, 100_000), unit);
        used.Reset();
        using var fresh = new ErofsZstdFitter(3, 19, BlockSize);
        byte[] other = new byte[65536];
        for (int at = 0; at < content.Length;)
        {
            (int taken, int written) = fresh.Fit(content.AsSpan(at), other);
            Assert.Equal((taken, written), used.Fit(content.AsSpan(at), unit));
            Assert.True(unit.AsSpan(0, written).SequenceEqual(other.AsSpan(0, written)));
            at += taken == 0 ? 65536 : taken;
        }
    }

    [Fact]
    public void What_does_not_get_smaller_is_not_taken()
    {
        byte[] noise = new byte[300_000];
        new Random(1).NextBytes(noise);
        using var fitter = new ErofsZstdFitter(3, 19, BlockSize);
        foreach (int length in (int[])[5000, 65536, 65537, 300_000])
            Assert.Equal((0, 0), fitter.Fit(noise.AsSpan(0, length), new byte[65536]));
    }

    [Fact]
    public void What_gets_very_small_fills_one_unit()
    {
        byte[] zeros = new byte[12 << 20];
        byte[] unit = new byte[65536];
        using var fitter = new ErofsZstdFitter(3, 19, BlockSize);
        (int taken, int written) = fitter.Fit(zeros, unit);
        Assert.Equal(zeros.Length, taken);
        Assert.Equal(zeros, Decompressed(unit.AsSpan(0, written), taken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(65791)]
    [InlineData(65792)]
    [InlineData(131072)]
    public void Headers_tell_the_size_of_the_content(int size)
    {
        const int WindowLog = 16;
        const int BlockHeader = 3;
        byte[] content = Content(2, size);
        byte[] frame = new byte[size + 100];
        int header = ErofsZstdFrame.WriteHeader(frame, size, WindowLog);
        Assert.InRange(header, 6, ErofsZstdFrame.LongestHeader);
        Assert.Equal(header, ErofsZstdFrame.HeaderLength(frame));
        int at = header;
        for (int done = 0; done < size;)
        {
            int count = Math.Min(size - done, 1 << WindowLog);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at), (uint)count << 3);
            content.AsSpan(done, count).CopyTo(frame.AsSpan(at + BlockHeader));
            at += BlockHeader + count;
            done += count;
        }

        ErofsZstdFrame.End(frame.AsSpan(header, at - header));
        Assert.Equal(content, Decompressed(frame.AsSpan(0, at), size));
    }

    private static List<(int Offset, int Taken, byte[] Frame)> Cut(byte[] content, int level, int cluster)
    {
        using var fitter = new ErofsZstdFitter(level, ErofsFitters.ZstdWindowLog(cluster), BlockSize);
        var units = new List<(int Offset, int Taken, byte[] Frame)>();
        byte[] unit = new byte[cluster];
        for (int at = 0; at < content.Length;)
        {
            (int taken, int written) = fitter.Fit(content.AsSpan(at), unit);
            int step = taken == 0 ? Math.Min(cluster, content.Length - at) : taken;
            units.Add((at, step, unit[..written]));
            at += step;
        }

        return units;
    }

    private static byte[] Decompressed(ReadOnlySpan<byte> frame, int length)
    {
        byte[] content = new byte[length];
        Span<byte> rest = content;
        using SafeZstdDecoder decoder = Zstd.OpenDecoder();
        Assert.True(Zstd.TryDecompressFrame(decoder, ref frame, ref rest));
        Assert.True(frame.IsEmpty && rest.IsEmpty);
        return content;
    }

    /// <summary>Stretches of words, of noise and of zeros.</summary>
    private static byte[] Content(int seed, int length)
    {
        var random = new Random(seed);
        byte[] content = new byte[length];
        for (int at = 0; at < length;)
        {
            int end = Math.Min(length, at + random.Next(1000, 200_000));
            int kind = random.Next(6);
            int words = 20 << random.Next(8);
            for (; at < end && kind > 1; at++)
            {
                int word = random.Next(words) * 7919;
                for (int i = 0; i < 3 + (word % 9) && at < end; i++)
                    content[at++] = (byte)(33 + (((word >> i) + (i * 5)) % 90));
            }

            if (kind == 1)
                random.NextBytes(content.AsSpan(at, (end - at) / 3));
            at = end;
        }

        return content;
    }
}

using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

/// <summary>Disks for tests, and what is the same for tests of every format.</summary>
internal static class SampleDisks
{
    /// <summary>Pieces of noise, of text that compresses and of zeros that are data, at random places.</summary>
    internal static Blob Sparse(Random random, long size, int pieces)
    {
        var builder = new BlobBuilder();
        long at = 0;
        for (int i = 0; i < pieces && at < size; i++)
        {
            at = Math.Min(at + random.NextInt64(0, (size / 4) + 1), size);
            long length = Math.Min(random.Next(3) == 0 ? random.Next(400_000) : random.Next(5000), Math.Max(0, size - at));
            byte[] bytes = new byte[length];
            switch (random.Next(4))
            {
                case 0:
                    break;
                case 1:
                    for (int b = 0; b < bytes.Length; b++)
                        bytes[b] = (byte)("the quick brown fox "[b % 20] + (b >> 12));
                    break;
                default:
                    random.NextBytes(bytes);
                    break;
            }

            builder.Add(at, Blob.FromMemory(bytes));
            at += length;
        }

        return builder.ToBlob(size);
    }

    /// <summary>A size of a few megabytes: odd, whole sectors, or whole grains.</summary>
    internal static long Size(Random random, int most = 8_000_000) => random.Next(4) switch
    {
        0 => random.Next(1, 3000),
        1 => random.Next(1, most),
        2 => random.Next(1, most / 512) * 512L,
        _ => random.Next(1, most / 65536) * 65536L,
    };

    internal static string Hash(Blob blob)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobWriter.Digest(blob, hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The disk, up to a multiple of a unit.</summary>
    internal static Blob Padded(Blob disk, long unit = 512)
    {
        var builder = new BlobBuilder();
        builder.Add(0, disk);
        return builder.ToBlob((disk.Length + unit - 1) / unit * unit);
    }

    /// <summary>The whole, random parts, and the map: data outside of it would be lost by a conversion.</summary>
    internal static void AssertSame(Blob expected, Blob actual, Random random, string what = "")
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} bytes, not {expected.Length}");
        Assert.True(Hash(expected) == Hash(actual), $"{what}: content");
        for (int i = 0; i < 20 && expected.Length > 0; i++)
        {
            long offset = random.NextInt64(expected.Length);
            int length = (int)Math.Min(random.Next(200_000), expected.Length - offset);
            byte[] part = new byte[length];
            actual.Read(offset, part);
            Assert.True(expected.Slice(offset, length).ToArray().AsSpan().SequenceEqual(part), $"{what}: {length} bytes at {offset}");
        }

        var mapped = new BlobBuilder();
        foreach (BlobRange range in actual.DataRanges())
            mapped.Add(range.Offset, actual.Slice(range.Offset, range.Length));
        Assert.True(Hash(mapped.ToBlob(actual.Length)) == Hash(expected), $"{what}: map");
    }

    internal static void Write(Blob blob, string path) => BlobTests.Write(blob, path, null);

    internal static Blob Open(string path) => Blob.FromFile(HostFile.FromPath(path), 0, new FileInfo(path).Length);

    /// <summary>
    /// Changes bytes of an image and cuts it, many times: reading it gives some content or an <see cref="InvalidImageException"/>.
    /// </summary>
    /// <param name="image">A small image.</param>
    /// <param name="count">How many changed images.</param>
    /// <param name="metadata">Where changes go, most of the time: the structures.</param>
    /// <param name="read">Reads an image, as far as a program would.</param>
    /// <returns>How many were refused.</returns>
    internal static int Mutate(byte[] image, int count, IReadOnlyList<Range> metadata, Action<Blob> read)
    {
        int refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            byte[] changed = image.AsSpan().ToArray();
            int length = random.Next(20) == 0 ? random.Next(image.Length) : image.Length;
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                (int start, int size) = random.Next(8) == 0 ? (0, image.Length) : metadata[random.Next(metadata.Count)].GetOffsetAndLength(image.Length);
                int at = start + random.Next(size);
                switch (random.Next(5))
                {
                    case 0:
                        changed[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        changed[at] = (byte)random.Next(256);
                        break;
                    case 2:
                        changed.AsSpan(at, Math.Min(random.Next(1, 9), image.Length - at)).Fill(0xff);
                        break;
                    case 3:
                        changed.AsSpan(at, Math.Min(random.Next(1, 9), image.Length - at)).Clear();
                        break;
                    default:
                        int from = start + random.Next(size);
                        int count2 = Math.Min(random.Next(1, 17), image.Length - Math.Max(at, from));
                        image.AsSpan(from, count2).CopyTo(changed.AsSpan(at));
                        break;
                }
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(Blob.FromMemory(changed.AsMemory(0, length)));
            }
            catch (InvalidImageException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 64 << 20, $"mutation {seed} took {allocated} bytes");
        }

        return refused;
    }

    /// <summary>Reads some of a disk that may claim any length: its start, its end, random places, and its map.</summary>
    internal static void Sample(Blob disk)
    {
        byte[] buffer = new byte[100_000];
        var random = new Random(1);
        for (int i = 0; i < 4; i++)
        {
            int count = (int)Math.Min(disk.Length, buffer.Length);
            long offset = i == 0 ? 0 : i == 1 ? disk.Length - count : random.NextInt64(disk.Length - count + 1);
            disk.Read(offset, buffer.AsSpan(0, count));
        }

        _ = disk.DataRanges().Count;
    }
}

using System.Diagnostics;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

/// <summary>What the tests of formats with blocks share: random disks, comparisons, qemu-img, hostile bytes.</summary>
internal static class BlockDisks
{
    internal static Blob Random(Random random, long size, int pieces)
    {
        var builder = new BlobBuilder();
        long at = 0;
        for (int i = 0; i < pieces && at < size; i++)
        {
            at += random.NextInt64(0, (size / 3) + 1);
            byte[] bytes = new byte[Math.Clamp(random.Next(3) == 0 ? random.Next(300_000) : random.Next(5000), 0, Math.Max(0, size - at))];
            random.NextBytes(bytes);
            builder.Add(at, Blob.FromMemory(bytes));
            at += bytes.Length;
        }

        return builder.ToBlob(Math.Max(size, builder.End));
    }

    /// <summary>The size and map of a random case: odd sizes, none, all hole, all data.</summary>
    internal static Blob Case(Random random, int number, long largest)
    {
        long size = number % 31 == 0 ? 0 : random.NextInt64(1, number % 7 == 0 ? 5000 : largest);
        if (number % 3 == 0)
            size = size / 512 * 512;
        if (number % 11 != 0)
            return Random(random, size, random.Next(10));
        byte[] all = new byte[size];
        random.NextBytes(all);
        return Blob.FromMemory(all);
    }

    internal static void AssertSame(Blob expected, Blob actual)
    {
        Assert.True(actual.Length >= expected.Length, $"{actual.Length} bytes, not {expected.Length}");
        AssertEqual(expected, actual.Slice(0, expected.Length));
        byte[] rest = actual.Slice(expected.Length, Math.Min(actual.Length - expected.Length, 1 << 20)).ToArray();
        Assert.Equal(-1, rest.AsSpan().IndexOfAnyExcept((byte)0));
        // What is emitted is what is read, and holes are where the map says.
        foreach (BlobRange range in expected.DataRanges())
            Assert.Contains(actual.DataRanges(), r => r.Offset <= range.Offset && r.End >= range.End);
    }

    internal static void CompareWithRaw(TempDirectory directory, string format, Blob disk, Blob image)
    {
        BlobTests.Write(disk, directory["raw"], null);
        BlobTests.Write(image, directory["image"], null);
        Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", format, directory["raw"], directory["image"]));
    }

    internal static JsonElement Info(string format, string path) =>
        JsonDocument.Parse(Tool.Check("qemu-img", "info", "-f", format, "--output=json", path)).RootElement;

    /// <summary>Has qemu-img make an image of the disk.</summary>
    internal static HostFile Convert(TempDirectory directory, string format, Blob disk, params string[] options)
    {
        BlobTests.Write(disk, directory["raw"], null);
        Tool.Check("qemu-img", ["convert", "-f", "raw", "-O", format, .. options.SelectMany(o => new[] { "-o", o }), directory["raw"], directory["theirs"]]);
        return HostFile.Open(directory["theirs"]);
    }

    internal static Blob Open(HostFile file) => Blob.FromFile(file, 0, file.MeasureLength());

    /// <summary>
    /// Changes bytes in the named ranges, sums anew what has a sum, and reads: every end but the disk or an
    /// <see cref="InvalidImageException"/> is a fault.
    /// </summary>
    internal static void Mutate(int seed, int count, byte[] image, (int Offset, int Length)[] places, Action<byte[]> seal, Func<Blob, Blob> read)
    {
        var random = new Random(seed);
        byte[] original = [.. image];
        var watch = Stopwatch.StartNew();
        int refused = 0;
        byte[] buffer = new byte[4096];
        for (int i = 0; i < count; i++)
        {
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                (int offset, int length) = places[random.Next(places.Length)];
                int at = offset + random.Next(length);
                int width = Math.Min(1 << random.Next(4), image.Length - at);
                Change(random, image.AsSpan(at, width));
            }

            if (random.Next(8) != 0)
                seal(image);
            int end = random.Next(6) == 0 ? random.Next(image.Length + 1) : image.Length;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Blob disk = read(Blob.FromMemory(image.AsMemory(0, end)));
                Touch(disk, random, buffer);
            }
            catch (InvalidImageException)
            {
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 48_000_000, $"mutation {i} of seed {seed} took memory");
            original.CopyTo(image, 0);
        }

        Assert.InRange(refused, count / 50, count - 1);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), $"{watch.Elapsed}");
    }

    internal static void Truncate(byte[] image, IEnumerable<int> lengths, Func<Blob, Blob> read)
    {
        byte[] buffer = new byte[4096];
        foreach (int length in lengths)
        {
            Assert.Throws<InvalidImageException>(() =>
            {
                Blob disk = read(Blob.FromMemory(image.AsMemory(0, length)));
                _ = disk.DataRanges();
                for (long at = 0; at < disk.Length; at += buffer.Length)
                    disk.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, disk.Length - at)));
            });
        }
    }

    private static void Touch(Blob disk, Random random, byte[] buffer)
    {
        for (int i = 0; i < 4; i++)
        {
            long at = i == 0 ? 0 : random.NextInt64(disk.Length + 1);
            disk.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, disk.Length - at)));
        }

        // A table of a hostile size may say much; a part of it is enough here.
        long part = Math.Min(disk.Length, 1L << 32);
        _ = disk.Slice(0, part).DataRanges();
        _ = disk.Slice(disk.Length - part).DataRanges();
    }

    private static void Change(Random random, Span<byte> bytes)
    {
        switch (random.Next(5))
        {
            case 0:
                bytes.Clear();
                break;
            case 1:
                bytes.Fill(0xFF);
                break;
            case 2:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 3:
                bytes.Clear();
                bytes[random.Next(2) == 0 ? 0 : bytes.Length - 1] = (byte)random.Next(256);
                break;
            default:
                random.NextBytes(bytes);
                break;
        }
    }

    private static void AssertEqual(Blob expected, Blob actual)
    {
        byte[] one = new byte[1 << 20];
        byte[] two = new byte[1 << 20];
        foreach (BlobRange range in expected.DataRanges().Concat(actual.DataRanges()))
        {
            for (long at = range.Offset; at < range.End; at += one.Length)
            {
                int count = (int)Math.Min(one.Length, range.End - at);
                expected.Read(at, one.AsSpan(0, count));
                actual.Read(at, two.AsSpan(0, count));
                Assert.True(one.AsSpan(0, count).SequenceEqual(two.AsSpan(0, count)), $"differs within {count} bytes at {at}");
            }
        }

        long small = Math.Min(expected.Length, 1 << 20);
        Assert.True(expected.Slice(0, small).ToArray().AsSpan().SequenceEqual(actual.Slice(0, small).ToArray()), "differs in the first MiB");
    }
}

using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Integrity;

/// <summary>Devices of random bytes with blocks of zeros and holes among them.</summary>
internal static class RandomData
{
    internal static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Runs of noise and zeros.</summary>
    internal static byte[] Patchy(int length, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int run = Math.Min(length - at, random.Next(1, 40_000));
            if (random.Next(2) == 0)
                random.NextBytes(bytes.AsSpan(at, run));
            at += run;
        }

        return bytes;
    }

    /// <summary>The same bytes with their runs of zeros as holes.</summary>
    internal static Blob WithHoles(byte[] bytes)
    {
        var builder = new BlobBuilder();
        for (int at = 0; at < bytes.Length;)
        {
            int zeros = bytes.AsSpan(at).IndexOfAnyExcept((byte)0);
            at = zeros < 0 ? bytes.Length : at + zeros;
            int data = at < bytes.Length ? bytes.AsSpan(at).IndexOf(new byte[64]) : 0;
            int end = data < 0 ? bytes.Length : at + data;
            builder.Add(at, bytes.AsMemory(at, end - at));
            at = end;
        }

        return builder.ToBlob(bytes.Length);
    }
}

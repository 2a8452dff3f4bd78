using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>The check sum in a PE file's header: the sum of its 16-bit words with the carry added back, and its length.</summary>
internal static class PeCheckSum
{
    private const int ChunkLength = 1 << 18;

    /// <summary>The check sum of a file in whose header it is 0.</summary>
    internal static uint Compute(Blob file)
    {
        byte[] buffer = new byte[(int)Math.Min(ChunkLength, file.Length + 1)];
        ulong sum = 0;
        for (long at = 0; at < file.Length;)
        {
            int count = (int)Math.Min(file.Length - at, buffer.Length);
            buffer.AsSpan(count).Clear();
            file.Read(at, buffer.AsSpan(0, count));
            // A file of odd length ends with half a word.
            for (int i = 0; i < count; i += sizeof(ushort))
                sum += i + 1 < count ? PeLayout.UInt16(buffer, i) : buffer[i];
            at += count;
        }

        // Words below 4 GiB add up to less than 48 bits; carries fold at the end as well as after each word.
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return unchecked((uint)(sum + (ulong)file.Length));
    }
}

using System.Buffers.Binary;

namespace Diecast.Formats.Tests.FileSystems;

/// <summary>Draws changes of an image, most of them where something is.</summary>
/// <param name="image">The whole image.</param>
/// <param name="heads">Places where a change matters most, each some bytes long: superblocks.</param>
internal sealed class RandomChanges(byte[] image, params (int Offset, int Length)[] heads)
{
    private readonly int[] _used =
        [.. Enumerable.Range(0, image.Length / 4).Where(i => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(i * 4)) is not (0 or uint.MaxValue))];

    /// <summary>A few changes, by their places; none touches another.</summary>
    internal SortedDictionary<int, byte[]> Draw(Random random)
    {
        var changes = new SortedDictionary<int, byte[]>();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int place = Place(random);
            changes[place] = Change(random, place);
        }

        // Neighbours would undo each other's change.
        int end = 0;
        foreach (int place in changes.Keys.ToArray())
        {
            if (place < end)
                changes.Remove(place);
            else
                end = place + changes[place].Length;
        }

        return changes;
    }

    private int Place(Random random)
    {
        int kind = random.Next(10);
        if (kind == 0)
            return random.Next(image.Length - 8);
        if (kind == 1 && heads.Length > 0)
        {
            (int offset, int length) = heads[random.Next(heads.Length)];
            return Math.Min(image.Length - 8, offset + random.Next(length));
        }

        return Math.Min(image.Length - 8, (_used[random.Next(_used.Length)] * 4) + random.Next(4));
    }

    private byte[] Change(Random random, int place)
    {
        byte[] number = new byte[4];
        switch (random.Next(6))
        {
            case 0:
                return [(byte)random.Next(256)];
            case 1:
                return [(byte)(image[place] ^ (1 << random.Next(8)))];
            case 2:
                return [(byte)random.Next(256), (byte)random.Next(256)];
            case 3:
                BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)random.Next(600));
                return number;
            case 4:
                byte[] filled = new byte[random.Next(1, 9)];
                filled.AsSpan().Fill((byte)(random.Next(2) * 255));
                return filled;
            default:
                return image.AsSpan(random.Next(image.Length - 8), 8).ToArray();
        }
    }
}

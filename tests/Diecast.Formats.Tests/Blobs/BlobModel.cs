using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Blobs;

/// <summary>Random blobs of every kind, each with the plain array that it must equal.</summary>
internal sealed class BlobModel(Random random, string directory)
{
    private int _files;

    public (Blob Blob, byte[] Bytes) Make(int depth)
    {
        switch (depth == 0 ? random.Next(5) : random.Next(8))
        {
            case 0:
                int holes = random.Next(0, 200_000);
                return (Blob.Zeros(holes), new byte[holes]);
            case 1:
                byte[] memory = Bytes(random.Next(0, 5_000));
                return (Blob.FromMemory(memory), memory);
            case 2:
                byte[] made = Bytes(random.Next(1, 300_000));
                return (new GeneratedBlob(made.Length, (offset, destination) =>
                    made.AsSpan((int)offset, destination.Length).CopyTo(destination)), made);
            case 3:
                return FileRange(random.Next(1, 5_000));
            case 4:
                return FileRange(random.Next(100_000, 400_000));
            case 5:
                (Blob blob, byte[] bytes) = Make(depth - 1);
                int start = random.Next(bytes.Length + 1);
                int length = random.Next(bytes.Length - start + 1);
                return (blob.Slice(start, length), bytes[start..(start + length)]);
            default:
                return Pieces(depth);
        }
    }

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private (Blob Blob, byte[] Bytes) Pieces(int depth)
    {
        var pieces = new List<(int Offset, Blob Blob)>();
        var model = new MemoryStream();
        for (int count = random.Next(1, 6); count > 0; count--)
        {
            if (random.Next(3) == 0)
                model.Write(new byte[random.Next(1, 70_000)]);
            (Blob blob, byte[] bytes) = Make(depth - 1);
            pieces.Add(((int)model.Length, blob));
            model.Write(bytes);
        }

        if (random.Next(3) == 0)
            model.Write(new byte[random.Next(1, 70_000)]);
        (int Offset, Blob Blob)[] shuffled = [.. pieces];
        random.Shuffle(shuffled);
        var builder = new BlobBuilder();
        foreach ((int offset, Blob blob) in shuffled)
            builder.Add(offset, blob);
        return (builder.ToBlob(model.Length), model.ToArray());
    }

    private (Blob Blob, byte[] Bytes) FileRange(int length)
    {
        string path = Path.Combine(directory, $"source-{_files++}");
        byte[] bytes = Bytes(length + 100);
        File.WriteAllBytes(path, bytes);
        int start = random.Next(100);
        return (Blob.FromFile(HostFile.FromPath(path), start, length), bytes[start..(start + length)]);
    }
}

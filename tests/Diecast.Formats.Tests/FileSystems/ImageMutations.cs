using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems;

/// <summary>Spoils an image of a file system, and bounds what reading it may take.</summary>
/// <param name="image">The whole image.</param>
/// <param name="read">The format's reader.</param>
/// <param name="heads">Places where a change matters most, each some bytes long: superblocks.</param>
internal sealed class ImageMutations(byte[] image, Func<Blob, FileTree> read, params (int Offset, int Length)[] heads)
{
    /// <summary>Bytes that a walk allocates, dropped ones included, beside as many for each byte of the image.</summary>
    private const long MostMemory = 96 << 20;
    private const int MostMemoryEach = 600;
    private const int MostContent = 1 << 20;
    private const int MostEntries = 2_000_000;

    private readonly byte[] _original = [.. image];
    private readonly RandomChanges _changes = new(image, heads);

    /// <summary>Changes a few numbers, most of them where something is, walks, and changes them back, so many times.</summary>
    internal void Run(int count, int seed)
    {
        Walk();
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            SortedDictionary<int, byte[]> changes = _changes.Draw(random);
            if (!IsRead(changes))
                refused++;
        }

        Assert.InRange(refused, count / 20, count - 1);
    }

    /// <summary>Whether an image with some bytes changed is read to the end; else it is refused, and nothing else comes of it.</summary>
    internal bool IsRead(IReadOnlyDictionary<int, byte[]> changes)
    {
        foreach ((int place, byte[] bytes) in changes)
            bytes.CopyTo(image.AsSpan(place));
        try
        {
            Walk();
            return true;
        }
        catch (InvalidImageException)
        {
            return false;
        }
        catch (Exception e)
        {
            string described = string.Join(' ', changes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}={Convert.ToHexStringLower(c.Value)}")));
            throw new Xunit.Sdk.XunitException($"{described}\n{e}");
        }
        finally
        {
            foreach ((int place, byte[] bytes) in changes)
                _original.AsSpan(place, bytes.Length).CopyTo(image.AsSpan(place));
        }
    }

    /// <summary>Reads all names, and of every file the beginning and the end.</summary>
    private void Walk()
    {
        byte[] buffer = new byte[Math.Min(MostContent, image.Length)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        int entries = 0;
        foreach (TreeEntry entry in read(Blob.FromMemory(image)).Walk())
        {
            Assert.True(entries++ < MostEntries);
            if (entry.Inode is not FileInode { Content: { Length: > 0 } content })
                continue;
            content.Read(0, buffer.AsSpan(0, (int)Math.Min(content.Length, buffer.Length)));
            content.Read(content.Length - 1, buffer.AsSpan(0, 1));
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= MostMemory + (MostMemoryEach * (long)image.Length), $"{allocated} bytes were allocated for an image of {image.Length}");
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Spoils an image, and bounds what reading it may take.</summary>
internal sealed partial class ExtMutations
{
    /// <summary>Bytes that a walk reads of the image, as a multiple of its length.</summary>
    private const int MostRead = 40;

    /// <summary>Bytes that a walk allocates, dropped ones included, beside as many for each byte of the image.</summary>
    private const long MostMemory = 16 << 20;
    private const int MostMemoryEach = 60;

    private const int MostContent = 1 << 20;
    private const int JournalBlockSize = 1024;

    private readonly byte[] _image;
    private readonly byte[] _original;
    private readonly RandomChanges _changes;
    private readonly bool _fixesJournal;

    /// <param name="image">The whole image.</param>
    /// <param name="fixesJournal">Whether blocks of the journal that are changed get their checksums anew.</param>
    internal ExtMutations(byte[] image, bool fixesJournal = false)
    {
        _image = image;
        _original = [.. image];
        _changes = new RandomChanges(image, (1024, 256));
        _fixesJournal = fixesJournal;
    }

    internal static string Corpus => Checkout.PathOf("tests/Diecast.Formats.Tests/FileSystems/Ext/corpus");

    internal static byte[] Base(string name)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(Corpus, $"{name}.img.gz")), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Changes a few numbers, most of them where something is, walks, and changes them back, so many times.</summary>
    internal void Run(int count, int seed)
    {
        Walk(_image);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            SortedDictionary<int, byte[]> changes = Draw(random);
            if (Outcome(changes) != "read")
                refused++;
        }

        Assert.InRange(refused, count / 20, count - 1);
    }

    /// <summary>What came of an image with some bytes changed: <c>read</c>, or why not, without its numbers.</summary>
    internal string Outcome(IReadOnlyDictionary<int, byte[]> changes)
    {
        foreach ((int place, byte[] bytes) in changes)
            bytes.CopyTo(_image.AsSpan(place));
        if (_fixesJournal)
            FixJournal(changes.Keys);
        try
        {
            Walk(_image);
            return "read";
        }
        catch (InvalidImageException e)
        {
            return Numbers().Replace(e.Message, "#");
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{Describe(changes)}\n{e}");
        }
        finally
        {
            foreach ((int place, byte[] bytes) in changes)
            {
                int first = place / JournalBlockSize * JournalBlockSize;
                int end = Math.Min(_image.Length, (place + bytes.Length + JournalBlockSize - 1) / JournalBlockSize * JournalBlockSize);
                _original.AsSpan(first, end - first).CopyTo(_image.AsSpan(first));
            }
        }
    }

    internal static string Describe(IReadOnlyDictionary<int, byte[]> changes) =>
        string.Join(' ', changes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}={Convert.ToHexStringLower(c.Value)}")));

    internal static SortedDictionary<int, byte[]> Parse(string changes) => new(changes
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(c => c.Split('='))
        .ToDictionary(c => int.Parse(c[0], CultureInfo.InvariantCulture), c => Convert.FromHexString(c[1])));

    /// <summary>Reads all names, and of every file the beginning.</summary>
    internal static void Walk(byte[] image)
    {
        var counted = new CountedBlob(image);
        byte[] buffer = new byte[Math.Min(MostContent, image.Length)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (TreeEntry entry in ExtFileSystem.Read(counted).Walk())
            {
                if (entry.Inode is FileInode file)
                    file.Content.Read(0, buffer.AsSpan(0, (int)Math.Min(file.Content.Length, buffer.Length)));
            }
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= MostMemory + (MostMemoryEach * (long)image.Length), $"{allocated} bytes were allocated for an image of {image.Length}");
            Assert.True(counted.BytesRead <= MostRead * (long)image.Length, $"{counted.BytesRead} bytes were read of an image of {image.Length}");
        }
    }

    internal SortedDictionary<int, byte[]> Draw(Random random) => _changes.Draw(random);

    /// <summary>Makes the checksums of the journal's own blocks right again, so that what they say is believed.</summary>
    private void FixJournal(IEnumerable<int> places)
    {
        foreach (int place in places)
        {
            Span<byte> block = _image.AsSpan(place / JournalBlockSize * JournalBlockSize, JournalBlockSize);
            if (!block.StartsWith(ExtJournalFormat.MagicBytes))
                continue;
            // Descriptors and revocations end in theirs; a commit has it after its kind, the superblock at 0xfc
            // (journal.rst).
            int at = block[7] switch { 1 or 5 => JournalBlockSize - 4, 2 => 16, 4 => 0xfc, _ => -1 };
            if (at < 0)
                continue;
            block.Slice(at, 4).Clear();
            uint seed = Crc32C.Append(Crc32C.Start, new Guid("0c0ffee0-1234-4567-89ab-0123456789ab").ToByteArray(bigEndian: true));
            uint checksum = block[7] == 4 ? Crc32C.Append(Crc32C.Start, block) : Crc32C.Append(seed, block);
            BinaryPrimitives.WriteUInt32BigEndian(block[at..], checksum);
        }
    }

    [GeneratedRegex(@"(?<=\()[0-9a-f]+(?=\))|(?<!ext)[0-9]+")]
    private static partial Regex Numbers();

    private sealed class CountedBlob(byte[] bytes) : Blob(bytes.Length)
    {
        internal long BytesRead { get; private set; }

        protected override void ReadCore(long offset, Span<byte> destination)
        {
            BytesRead += destination.Length;
            bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>
/// Bad images that mutations found, each kept as its changes to a small image that is made byte by byte. A line of the
/// corpus is <c>bits length | offset=bytes … | outcome</c>: an error's text, or the digest of the tree that is read.
/// </summary>
public sealed class FatCorpusTests
{
    private const string Corpus = "tests/Diecast.Formats.Tests/FileSystems/Fat/corpus/mutations.txt";
    private const int Attempts = 30_000;
    private const int MostTrees = 25;

    /// <summary>Tables, directories and their clusters are in so many bytes of the images.</summary>
    private const int Metadata = 80_000;

    [Fact]
    public void Every_bad_image_of_the_corpus_ends_as_it_did()
    {
        string[] lines = File.ReadAllLines(Checkout.PathOf(Corpus));
        Assert.True(lines.Length >= 100, $"{lines.Length} images");
        foreach (string line in lines)
        {
            string[] parts = line.Split(" | ");
            string[] head = parts[0].Split(' ');
            byte[] image = FatHostileTests.Fragmented(int.Parse(head[0], CultureInfo.InvariantCulture));
            foreach (string change in parts[1].Split(' '))
            {
                string[] sides = change.Split('=');
                Convert.FromHexString(sides[1]).CopyTo(image, int.Parse(sides[0], CultureInfo.InvariantCulture));
            }

            Assert.Equal((line, parts[2]), (line, Outcome(image.AsMemory(0, int.Parse(head[1], CultureInfo.InvariantCulture)))));
        }
    }

    /// <summary>Writes the corpus anew: one image for each kind of outcome that seeded mutations of the images find.</summary>
    [Fact]
    public void The_corpus_has_every_kind_of_outcome_that_mutations_find()
    {
        var random = new Random(20251122);
        var kinds = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (int bits in new[] { 12, 16, 32 })
        {
            byte[] original = FatHostileTests.Fragmented(bits);
            string unharmed = Outcome(original);
            int trees = 0;
            for (int attempt = 0; attempt < Attempts / 3; attempt++)
            {
                byte[] image = [.. original];
                var changes = new SortedDictionary<int, byte>();
                for (int change = random.Next(1, 4); change > 0; change--)
                {
                    int at = random.Next(3) == 0 ? random.Next(90) : Used(original, random.Next(Metadata));
                    changes[at] = image[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(image[at] ^ (1 << random.Next(8)));
                }

                int length = random.Next(20) == 0 ? random.Next(image.Length) : image.Length;
                string outcome = Outcome(image.AsMemory(0, length));
                if (outcome == unharmed)
                    continue;
                string kind = string.Concat(outcome.Where(c => !char.IsAsciiDigit(c) && !char.IsAsciiHexDigitUpper(c)));
                if (outcome.StartsWith("tree", StringComparison.Ordinal))
                {
                    kind = $"tree {bits} {outcome}";
                    if (++trees > MostTrees)
                        continue;
                }

                kinds.TryAdd(kind, $"{bits} {length} | {string.Join(' ', changes.Select(c => $"{c.Key}={c.Value:X2}"))} | {outcome}");
            }
        }

        Checkout.AssertGenerated(Corpus, string.Concat(kinds.Values.Select(line => line + "\n")));
    }

    private static int Used(byte[] image, int at) => image.AsSpan(at).IndexOfAnyExcept((byte)0) is var found and >= 0 ? at + found : at;

    /// <summary>What comes of reading an image: the names, kinds, times and contents in one digest, or the error.</summary>
    private static string Outcome(ReadOnlyMemory<byte> image)
    {
        try
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (TreeEntry entry in FatFileSystem.Read(Blob.FromMemory(image)).Walk())
            {
                digest.AppendData(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $"{entry.Path} {entry.Inode.FullMode} {entry.Inode.ModifiedTime.Seconds} {entry.Inode.Xattrs.Count}\n")));
                if (entry.Inode is FileInode file)
                    digest.AppendData(SHA256.HashData(file.Content.ToArray()));
            }

            return "tree " + Convert.ToHexString(digest.GetHashAndReset().AsSpan(0, 8));
        }
        catch (InvalidImageException exception)
        {
            return exception.Message.ReplaceLineEndings(" ").Replace('|', '/');
        }
    }
}

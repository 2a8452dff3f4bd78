using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Archives.Nar;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class NarTests
{
    [Fact]
    public void A_file_is_these_words() => Assert.Equal(
        Words("nix-archive-1", "(", "type", "regular", "contents", "hello\n", ")"),
        NarWriter.Write(new FileInode(Blob.FromText("hello\n"))).ToArray());

    [Fact]
    public void A_tree_is_these_words()
    {
        var tree = new FileTree();
        tree.Set("/bin/run", new FileInode(Blob.Empty, 0b111_101_101));
        tree.Set("/a link", new SymlinkInode("bin/run"));
        tree.MakeDirectory("/empty");
        Assert.Equal(
            Words(
                "nix-archive-1", "(", "type", "directory",
                "entry", "(", "name", "a link", "node", "(", "type", "symlink", "target", "bin/run", ")", ")",
                "entry", "(", "name", "bin", "node", "(", "type", "directory",
                "entry", "(", "name", "run", "node", "(", "type", "regular", "executable", "", "contents", "", ")", ")", ")", ")",
                "entry", "(", "name", "empty", "node", "(", "type", "directory", ")", ")", ")"),
            NarWriter.Write(tree).ToArray());
    }

    [Fact]
    public void What_an_archive_has_no_place_for_is_refused_or_left_out()
    {
        var tree = new FileTree();
        tree.Set("/pipe", new SpecialInode(InodeType.Fifo, 0b110_100_100));
        Assert.Contains("pipe", Assert.Throws<UnrepresentableException>(() => NarWriter.Write(tree)).Message, StringComparison.Ordinal);

        var owned = new FileInode(Blob.FromText("x"), 0b110_000_000) { Uid = 7, Gid = 8, ModifiedTime = new Timestamp(9) };
        Assert.Equal(NarWriter.Write(new FileInode(Blob.FromText("x"))).ToArray(), NarWriter.Write(owned).ToArray());
    }

    [Theory]
    [InlineData("nix-archive-2", "'nix-archive-2' where 'nix-archive-1' belongs")]
    [InlineData("nix-archive-1|(|type|device|)", "'device' is no type of a node")]
    [InlineData("nix-archive-1|(|type|regular|executable|x|contents||)", "'x' where '' belongs")]
    [InlineData("nix-archive-1|(|type|regular|content||)", "'content' where a file's contents belong")]
    [InlineData("nix-archive-1|(|type|regular|contents||)|x", "bytes behind the archive's end")]
    [InlineData("nix-archive-1|(|type|regular|contents|", "cut short")]
    [InlineData("nix-archive-1|(|type|symlink|target||)", "no valid target")]
    [InlineData("nix-archive-1|(|type|symlink|target|a\0b|)", "no valid target")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name|..|node|(|type|directory|)|)|)", "'..' is no valid name")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name|.|node|(|type|directory|)|)|)", "'.' is no valid name")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name||node|(|type|directory|)|)|)", "'' is no valid name")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name|a/b|node|(|type|directory|)|)|)", "'a/b' is no valid name")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name|b|node|(|type|directory|)|)|entry|(|name|a|node|(|type|directory|)|)|)", "'a' stands behind 'b', out of order")]
    [InlineData("nix-archive-1|(|type|directory|entry|(|name|a|node|(|type|directory|)|)|entry|(|name|a|node|(|type|directory|)|)|)", "'a' stands behind 'a', out of order")]
    [InlineData("nix-archive-1|(|type|directory|file|)", "'file' where an entry or the directory's end belongs")]
    public void Hostile_archives_are_refused_with_the_place(string words, string reason)
    {
        byte[] archive = Words(words.Split('|'));
        Assert.Contains(reason, Assert.Throws<InvalidImageException>(() => NarReader.Read(Blob.FromMemory(archive))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_and_padding_that_lie_are_refused()
    {
        byte[] archive = Words("nix-archive-1", "(", "type", "regular", "contents", "hello", ")");
        byte[] padded = [.. archive];
        padded[^17] = 1;
        Assert.Contains("padding that is not zero", Refused(padded), StringComparison.Ordinal);
        byte[] huge = [.. archive];
        BinaryPrimitives.WriteUInt64LittleEndian(huge.AsSpan(huge.Length - 32), ulong.MaxValue);
        Assert.Contains("absurd", Refused(huge), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(huge.AsSpan(huge.Length - 32), 1UL << 62);
        Assert.Contains("cut short", Refused(huge), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(huge, 1UL << 40);
        Assert.Contains("a word of", Refused(huge), StringComparison.Ordinal);
        string[] deep = [.. Enumerable.Repeat((string[])["entry", "(", "name", "d", "node", "(", "type", "directory"], 5000).SelectMany(words => words)];
        Assert.Contains("directories in each other", Refused(Words(["nix-archive-1", "(", "type", "directory", .. deep])), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_tree_reads_back_as_it_was_written()
    {
        var random = new Random(20260810);
        using var directory = new TempDirectory();
        for (int i = 0; i < 60; i++)
        {
            FileTree tree = Tree(random);
            Blob archive = NarWriter.Write(tree);

            Inode read = NarReader.Read(archive);

            Assert.Equal(Describe(tree.Root), Describe(read));
            Assert.Equal(archive.ToArray(), NarWriter.Write(read).ToArray());
            using var spool = ContentSpool.CreateTemporary(directory.Path);
            Inode streamed = NarReader.Read(archive.OpenRead(), spool);
            spool.Flush();
            Assert.Equal(Describe(tree.Root), Describe(streamed));
        }
    }

    [ToolFact("nix-store", "nix")]
    public void Nix_writes_the_same_bytes_and_reads_ours()
    {
        var random = new Random(20260811);
        for (int i = 0; i < 6; i++)
        {
            using var directory = new TempDirectory();
            Unpack(Tree(random).Root, directory["tree"]);
            byte[] archive = NarWriter.Write(HostDirectoryReader.Read(directory["tree"])).ToArray();
            File.WriteAllBytes(directory["ours.nar"], archive);
            Tool.Check("sh", "-c", $"nix-store --dump '{directory["tree"]}' > '{directory["theirs.nar"]}'");

            Assert.Equal(File.ReadAllBytes(directory["theirs.nar"]), archive);
            Tool.Check("sh", "-c", $"nix-store --restore '{directory["again"]}' < '{directory["ours.nar"]}'");
            Assert.Equal(Describe(HostDirectoryReader.Read(directory["tree"]).Root), Describe(HostDirectoryReader.Read(directory["again"]).Root));
            foreach (TreeEntry entry in HostDirectoryReader.Read(directory["tree"]).Walk().Where(entry => entry.Inode is FileInode).Take(2))
            {
                // It warns of a machine without its group of builders.
                string said = Tool.Check("sh", "-c", $"nix --extra-experimental-features nix-command nar cat '{directory["ours.nar"]}' '{entry.Path}' 2>/dev/null");
                Assert.Equal(Encoding.ASCII.GetString(((FileInode)entry.Inode).Content.ToArray()), said);
            }
        }
    }

    [Fact]
    public void Mutated_archives_end_in_a_typed_error_or_in_a_tree_that_is_theirs()
    {
        var random = new Random(20260812);
        byte[] original = NarWriter.Write(Tree(random, most: 12)).ToArray();
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = Mutate(original, random);
            try
            {
                Inode read = NarReader.Read(Blob.FromMemory(mutated));
                Assert.Equal(mutated, NarWriter.Write(read).ToArray());
                accepted++;
            }
            catch (InvalidImageException exception)
            {
                Assert.Equal("nar", exception.Format);
            }
        }

        // Contents may be anything; most of the rest may not.
        Assert.InRange(accepted, 1, 19_000);
    }

    internal static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..Math.Max(1, at)];
                    break;
                case 3:
                    int length = random.Next(Math.Min(64, bytes.Length - at));
                    bytes = [.. bytes[..at], .. bytes[(at + length)..], 0];
                    break;
                default:
                    int from = random.Next(bytes.Length);
                    int count = random.Next(Math.Min(64, bytes.Length - from));
                    bytes = [.. bytes[..at], .. bytes[from..(from + count)], .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }

    private static string Refused(byte[] archive) => Assert.Throws<InvalidImageException>(() => NarReader.Read(Blob.FromMemory(archive))).Message;

    private static FileTree Tree(Random random, int most = 80)
    {
        var tree = new FileTree();
        List<DirectoryInode> directories = [tree.Root];
        int count = random.Next(most / 2, most);
        for (int i = 0; i < count; i++)
        {
            DirectoryInode parent = directories[random.Next(directories.Count)];
            var name = new FileName(string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => "abcXYZ019._-+ é名"[random.Next(16)])));
            if (!name.IsValidEntry || parent.Find(name) is not null)
                continue;
            switch (random.Next(4))
            {
                case 0:
                    var directory = new DirectoryInode();
                    parent.Set(name, directory);
                    directories.Add(directory);
                    break;
                case 1:
                    parent.Set(name, new SymlinkInode("../x" + random.Next(100)));
                    break;
                default:
                    string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(32, 127)));
                    parent.Set(name, new FileInode(Blob.FromText(text), random.Next(2) == 0 ? 0b101_101_101 : 0b110_100_100));
                    break;
            }
        }

        return tree;
    }

    private static void Unpack(Inode inode, string path)
    {
        switch (inode)
        {
            case DirectoryInode directory:
                Directory.CreateDirectory(path);
                foreach (DirectoryEntry entry in directory.Entries.ToArray())
                    Unpack(entry.Inode, $"{path}/{entry.Name}");
                break;
            case SymlinkInode link:
                File.CreateSymbolicLink(path, link.Target.ToString());
                break;
            case FileInode file:
                File.WriteAllBytes(path, file.Content.ToArray());
                File.SetUnixFileMode(path, (UnixFileMode)file.Mode);
                break;
        }
    }

    /// <summary>What an archive keeps of an inode and all below it.</summary>
    private static string Describe(Inode inode)
    {
        var text = new StringBuilder();
        Append("", inode);
        if (inode is DirectoryInode directory)
        {
            foreach (TreeEntry entry in new FileTree(directory).Walk())
                Append(entry.Path, entry.Inode);
        }

        return text.ToString();

        void Append(string path, Inode each) => text.Append(path).Append(' ').Append(each switch
        {
            FileInode file => $"file {(file.Mode & 0b001_000_000) != 0} {Convert.ToHexString(file.Content.ToArray())}",
            SymlinkInode link => $"link {link.Target}",
            _ => "directory",
        }).Append('\n');
    }

    private static byte[] Words(params string[] words)
    {
        var bytes = new List<byte>();
        foreach (string word in words)
        {
            byte[] text = Encoding.UTF8.GetBytes(word);
            bytes.AddRange(BitConverter.GetBytes((long)text.Length));
            bytes.AddRange(text);
            bytes.AddRange(new byte[-text.Length & 7]);
        }

        return [.. bytes];
    }
}

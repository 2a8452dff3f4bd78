using System.Security.Cryptography;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>The same tree is the same bytes, wherever it comes from and however many work on it.</summary>
public class ExtDeterminismTests
{
    [Fact]
    public void Many_at_once_are_the_same_as_one_alone()
    {
        for (int seed = 3000; seed < 3008; seed++)
        {
            var random = new ExtRandomCase(seed, Small);
            ExtPlan plan = random.Plan();
            string alone = Written(plan);
            string[] hashes = new string[8];
            // Plans of one tree beside each other, and one plan written by all.
            Parallel.For(0, hashes.Length, new ParallelOptions { MaxDegreeOfParallelism = hashes.Length }, i =>
                hashes[i] = Written(i % 2 == 0 ? plan : ExtFileSystem.Plan(random.Tree, random.Options), withDigest: i % 4 < 2));
            Assert.All(hashes, hash => Assert.Equal(alone, hash));
        }
    }

    [Fact]
    public void The_order_in_which_names_come_is_of_no_matter()
    {
        for (int seed = 3100; seed < 3110; seed++)
        {
            var random = new ExtRandomCase(seed, Small);
            string expected = Written(random.Plan());
            Assert.Equal(expected, Written(ExtFileSystem.Plan(Shuffled(random.Tree, new Random(seed)), random.Options)));
        }
    }

    [ToolTheory("tar")]
    [InlineData("default", 4096)]
    [InlineData("modern", 1024)]
    [InlineData("ext2", 2048)]
    public void A_directory_and_its_tar_are_the_same(string profile, int blockSize)
    {
        using var host = new TempDirectory();
        string source = host["source"];
        Tool.Check("sh", "-ec", """
            mkdir -p "$1/d/e" "$1/empty"; cd "$1"
            for i in $(seq 300); do echo "content $i" > "d/name $i"; done
            ln "d/name 7" first; ln "d/name 7" d/e/last; ln -s "d/name 8" link; ln -s "$(printf '%0200d' 0)" slow; mkfifo pipe
            head -c 300000 /dev/zero | tr '\0' x > large
            truncate -s 1000000 sparse; for at in 0 300000 999000; do printf data | dd of=sparse bs=1 seek=$at conv=notrunc status=none; done
            truncate -s 100000 hole
            chmod 4755 large; chmod 1777 d/e; chmod 600 d/name\ 9
            i=0; find . | LC_ALL=C sort | while read -r f; do i=$((i+1)); touch -h -d "@$((1600000000 + i)).12345678$((i % 10))" "$f"; done
            cd ..; tar --format=pax --numeric-owner --sparse -cf directory.tar -C source .
            find source | LC_ALL=C sort -r | sed 's|^source|.|' > names; tar --format=pax --numeric-owner --sparse --no-recursion -cf reversed.tar -C source . -T names
            """, "sh", source);
        FileTree directory = HostDirectoryReader.Read(source, new HostDirectoryOptions { Owner = HostOwner.Keep });
        ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Find(profile)!, BlockSize = blockSize, FreeBytes = 5 << 20 };
        string expected = Written(ExtFileSystem.Plan(directory, options));
        foreach (string tar in (string[])["directory.tar", "reversed.tar"])
        {
            FileTree archived = TarReader.ReadFile(HostFile.FromPath(host[tar]));
            TreeEquality.AssertSame(directory, archived);
            Assert.Equal(expected, Written(ExtFileSystem.Plan(archived, options)));
        }
    }

    /// <summary>What is digested is all of it, holes too.</summary>
    private static void Small(ExtRandomCase random)
    {
        random.IsExactlyFull = false;
        random.Options = random.Options with { Size = null, MinimumSize = 0, FreeBytes = Math.Min(random.Options.FreeBytes, 5 << 20) };
    }

    /// <summary>The same inodes, put into new directories in another order.</summary>
    private static FileTree Shuffled(FileTree tree, Random random)
    {
        return new FileTree(Copy(tree.Root));

        DirectoryInode Copy(DirectoryInode source)
        {
            var copy = new DirectoryInode(source.Mode);
            copy.CopyMetadata(source);
            DirectoryEntry[] entries = source.Entries.ToArray();
            random.Shuffle(entries);
            foreach (DirectoryEntry entry in entries)
                copy.Set(entry.Name, entry.Inode is DirectoryInode below ? Copy(below) : entry.Inode);
            return copy;
        }
    }

    /// <summary>The digest of the file that is written, which on the way may have been digested too.</summary>
    private static string Written(ExtPlan plan, bool withDigest = false)
    {
        using var directory = new TempDirectory();
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (SafeFileHandle file = File.OpenHandle(directory["image"], FileMode.CreateNew, FileAccess.Write))
            BlobWriter.Write(plan.ToBlob(), file, "image", new BlobWriteOptions { Digest = withDigest ? digest : null });
        using FileStream stream = File.OpenRead(directory["image"]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (withDigest)
            Assert.Equal(hash, Convert.ToHexStringLower(digest.GetHashAndReset()));
        return hash;
    }
}

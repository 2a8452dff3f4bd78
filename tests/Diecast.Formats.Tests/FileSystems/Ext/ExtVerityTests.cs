using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Files that fs-verity protects; <c>fsverity</c> makes their trees and descriptors too.</summary>
public class ExtVerityTests
{
    private const int Boundary = 65536;

    private static readonly ExtOptions Options = ExtImage.Options with { Profile = ExtProfile.Default.With("verity"), VerityFiles = ["/"] };

    /// <summary>Hash, block of the tree, block of the file system, bytes of salt, bytes of signature.</summary>
    public static TheoryData<VerityAlgorithm, int, int, int, int> Cases => new()
    {
        { VerityAlgorithm.Sha256, 4096, 4096, 0, 0 },
        { VerityAlgorithm.Sha256, 4096, 4096, 32, 700 },
        { VerityAlgorithm.Sha256, 1024, 4096, 5, 0 },
        { VerityAlgorithm.Sha256, 1024, 1024, 0, 764 },
        { VerityAlgorithm.Sha256, 2048, 2048, 0, 16128 },
        { VerityAlgorithm.Sha512, 4096, 4096, 0, 3836 },
        { VerityAlgorithm.Sha512, 1024, 4096, 32, 3837 },
        { VerityAlgorithm.Sha512, 1024, 1024, 1, 0 },
        { VerityAlgorithm.Sha512, 4096, 65536, 0, 0 },
    };

    [ToolTheory("fsverity", "e2fsck", "debugfs")]
    [MemberData(nameof(Cases))]
    public void Trees_and_descriptors_are_those_of_fsverity(VerityAlgorithm algorithm, int treeBlock, int block, int saltSize, int signatureSize)
    {
        FileTree tree = Tree(algorithm, treeBlock);
        byte[] salt = ExtImage.Bytes(saltSize, 7);
        byte[] signature = ExtImage.Bytes(signatureSize, 8);
        var verity = new VerityOptions { Algorithm = algorithm, BlockSize = treeBlock, Salt = salt, Signature = _ => signature };
        using var image = new ExtImage(tree, Options with { BlockSize = block, Verity = verity });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, image.Read());

        using var directory = new TempDirectory();
        foreach (TreeEntry entry in tree.Walk().Where(e => e.Inode is FileInode))
        {
            byte[] content = ((FileInode)entry.Inode).Content.ToArray();
            File.WriteAllBytes(directory["content"], content);
            string digest = Tool.Check("fsverity", ["digest", "--compact", $"--hash-alg={Name(algorithm)}", $"--block-size={treeBlock}",
                .. saltSize > 0 ? (string[])[$"--salt={Convert.ToHexString(salt)}"] : [],
                $"--out-merkle-tree={directory["tree"]}", $"--out-descriptor={directory["descriptor"]}", directory["content"]]).Trim();
            Assert.Equal($"{Name(algorithm)}:{digest}", image.Plan.VerityDigest(entry.Path)!.ToString());
            Assert.Equal(image.Plan.VerityDigest(entry.Path), FsVerity.Digest(((FileInode)entry.Inode).Content, verity));

            // The whole of it, as far as its blocks go, once its size says so.
            long treeAt = RoundUp(content.Length, Boundary);
            byte[] hashTree = File.Exists(directory["tree"]) ? File.ReadAllBytes(directory["tree"]) : [];
            byte[] descriptor = File.ReadAllBytes(directory["descriptor"]);
            BitConverter.TryWriteBytes(descriptor.AsSpan(4), signatureSize);
            long descriptorAt = RoundUp(treeAt + hashTree.Length, block);
            byte[] expected = new byte[RoundUp(descriptorAt + descriptor.Length + signatureSize + 4, block)];
            content.CopyTo(expected, 0);
            hashTree.CopyTo(expected, treeAt);
            descriptor.CopyTo(expected, descriptorAt);
            signature.CopyTo(expected, descriptorAt + descriptor.Length);
            BitConverter.TryWriteBytes(expected.AsSpan(expected.Length - 4), descriptor.Length + signatureSize);
            Tool.Check("debugfs", "-w", "-R", string.Create(CultureInfo.InvariantCulture, $"set_inode_field {entry.Path} size {expected.Length}"), image.Path);
            image.Debug($"dump {entry.Path} {directory["dump"]}");
            Assert.Equal(SHA256.HashData(expected), SHA256.HashData(File.ReadAllBytes(directory["dump"])));
            File.Delete(directory["tree"]);
        }
    }

    /// <summary>Levels above the lowest are placed last, so that nothing is needed before it is made.</summary>
    [Fact]
    public void Content_is_read_twice_at_most_however_large_it_is()
    {
        const int size = 70 << 20;
        long read = 0;
        var content = new GeneratedBlob(size, (offset, destination) =>
        {
            Interlocked.Add(ref read, destination.Length);
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)(((offset + i) >> 12) % 251);
        });
        var tree = new FileTree();
        tree.Set("/f", new FileInode(content));
        ExtPlan plan = ExtFileSystem.Plan(tree, Options);
        Assert.Equal(0, read);
        using var directory = new TempDirectory();
        using (var file = File.OpenHandle(directory["image"], FileMode.CreateNew, FileAccess.Write))
            BlobWriter.Write(plan.ToBlob(), file, directory["image"]);
        Assert.Equal(2L * size, read);
        VerityDigest digest = plan.VerityDigest("/f")!;
        Assert.Equal(2L * size, read);
        Assert.Equal(FsVerity.Digest(content, new VerityOptions()), digest);
    }

    [Fact]
    public void Parts_read_in_any_order_are_those_of_the_whole()
    {
        foreach (int treeBlock in (int[])[1024, 4096])
        {
            ExtOptions options = Options with { Verity = new VerityOptions { Algorithm = VerityAlgorithm.Sha512, BlockSize = treeBlock } };
            FileTree tree = Tree(VerityAlgorithm.Sha512, treeBlock);
            byte[] whole = ExtFileSystem.Plan(tree, options).ToBlob().ToArray();
            Blob other = ExtFileSystem.Plan(tree, options).ToBlob();
            byte[] parts = new byte[whole.Length];
            var random = new Random(3);
            int[] order = [.. Enumerable.Range(0, (whole.Length / 7000) + 1)];
            random.Shuffle(order);
            Parallel.ForEach(order, i => other.Read(i * 7000L, parts.AsSpan(i * 7000, Math.Min(7000, whole.Length - (i * 7000)))));
            Assert.True(whole.AsSpan().SequenceEqual(parts));
        }
    }

    [ToolFact("e2fsck", "debugfs", "fsverity")]
    public void Holes_stay_and_count_as_zeros()
    {
        var builder = new BlobBuilder();
        builder.Add(3_000_000, ExtImage.Bytes(5000));
        builder.Add(90_000_000, ExtImage.Bytes(5000));
        var tree = new FileTree();
        tree.Set("/holes", new FileInode(builder.ToBlob(100_000_001)));
        tree.Set("/hole", new FileInode(Blob.Zeros(70_000_000)));
        using var image = new ExtImage(tree, Options);
        image.IsClean().Holds(tree);
        Assert.InRange(new FileInfo(image.Path).Length, 0, 10_000_000);
        using var directory = new TempDirectory();
        foreach (string path in (string[])["/holes", "/hole"])
        {
            using (var file = File.OpenHandle(directory["content"], FileMode.Create, FileAccess.Write))
                BlobWriter.Write(((FileInode)tree.Find(path)!).Content, file, directory["content"]);
            Assert.Equal($"sha256:{Tool.Check("fsverity", "digest", "--compact", directory["content"]).Trim()}", image.Plan.VerityDigest(path)!.ToString());
        }
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Only_what_is_named_or_below_it_is_protected_and_never_inline()
    {
        var tree = new FileTree();
        foreach (string path in (string[])["/usr/bin/a", "/usr/lib/deep/b", "/etc/c", "/etc/d", "/var/e"])
            tree.Set(path, ExtImage.TextFile(path));
        tree.Set("/usr/link", new SymlinkInode("bin/a"));
        tree.Set("/var/also a", tree.Find("/usr/bin/a")!);
        var asked = new List<string>();
        ExtOptions options = Options with
        {
            Profile = ExtProfile.Default.With("verity", "inline_data", "quota"),
            VerityFiles = ["/usr/", "/etc/c", "/usr/bin"],
            Verity = new VerityOptions { Signature = p => { asked.Add(p); return default; } },
        };
        using var image = new ExtImage(tree, options);
        image.IsClean().Holds(tree);
        Assert.Equal(["/usr/bin/a", "/usr/lib/deep/b", "/etc/c"], asked);
        Assert.NotNull(image.Plan.VerityDigest("/var/also a"));
        foreach (string path in (string[])["/etc/d", "/var/e", "/usr/link", "/usr", "/none"])
            Assert.Null(image.Plan.VerityDigest(path));
        Assert.Contains("Flags: 0x180000", image.Debug("stat /etc/c"), StringComparison.Ordinal);
        Assert.Contains("Flags: 0x10000000", image.Debug("stat /etc/d"), StringComparison.Ordinal);
    }

    /// <summary>What is read out of one file system, and what the kernel says of a file of the host, is protected so in another.</summary>
    [ToolTheory("e2fsck")]
    [MemberData(nameof(Cases))]
    public void A_protected_file_keeps_its_digest_in_another_file_system(VerityAlgorithm algorithm, int treeBlock, int block, int saltSize, int signatureSize)
    {
        FileTree tree = Tree(algorithm, treeBlock);
        byte[] signature = ExtImage.Bytes(signatureSize, 8);
        var verity = new VerityOptions { Algorithm = algorithm, BlockSize = treeBlock, Salt = ExtImage.Bytes(saltSize, 7), Signature = _ => signature };
        using var first = new ExtImage(tree, Options with { BlockSize = block, Verity = verity });
        FileTree read = first.Read();
        var files = new VerityFiles();
        foreach (TreeEntry entry in read.Walk())
        {
            if (entry.Inode is FileInode file)
                files.Take(file);
        }

        read.Set("/plain", new FileInode(Blob.FromMemory("free"u8.ToArray())));

        using var second = new ExtImage(read, Options with { BlockSize = 65536, VerityFiles = [], VerityInodes = files });

        second.IsClean().Holds(read);
        Assert.Contains(tree.Walk(), entry => entry.Inode is FileInode);
        foreach (TreeEntry entry in tree.Walk().Where(entry => entry.Inode is FileInode))
            Assert.Equal(first.Plan.VerityDigest(entry.Path), second.Plan.VerityDigest(entry.Path));
        Assert.Null(second.Plan.VerityDigest("/plain"));
    }

    [ToolFact("openssl")]
    public void A_digest_is_signed_beforehand_and_the_signature_verifies()
    {
        using var directory = new TempDirectory();
        FileInode file = ExtImage.TextFile("signed");
        VerityDigest digest = FsVerity.Digest(file.Content, new VerityOptions());
        File.WriteAllBytes(directory["digest"], digest.SignedBytes.ToArray());
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-keyout", directory["key"], "-out", directory["certificate"]);
        Tool.Check("openssl", "smime", "-sign", "-binary", "-in", directory["digest"], "-signer", directory["certificate"], "-inkey", directory["key"], "-outform", "DER", "-noattr", "-out", directory["signature"]);
        byte[] signature = File.ReadAllBytes(directory["signature"]);
        Assert.Equal(12 + 32, digest.SignedBytes.Length);
        Assert.Equal("FSVerity\u0001\0 \0"u8.ToArray(), digest.SignedBytes[..12].ToArray());
        var tree = new FileTree();
        tree.Set("/f", file);
        ExtPlan plan = ExtFileSystem.Plan(tree, Options with { Verity = new VerityOptions { Signature = _ => signature } });
        Assert.True(plan.ToBlob().ToArray().AsSpan().IndexOf(signature) > 0);
        Assert.Equal(digest, plan.VerityDigest("/f"));
    }

    [Fact]
    public void What_the_kernel_would_not_take_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/f", ExtImage.TextFile("f"));
        tree.Set("/link", new SymlinkInode("f"));
        foreach (string path in (string[])["/none", "/link"])
            Assert.Equal(path, Assert.Throws<UnrepresentableException>(() => Plan(tree, Options with { VerityFiles = [path] })).Path);
        Assert.Equal("/f", Assert.Throws<UnrepresentableException>(() => Plan(tree, Options with { Verity = new VerityOptions { Signature = _ => new byte[16129] } })).Path);
        foreach (ExtOptions wrong in (ExtOptions[])
        [
            Options with { Profile = ExtProfile.Default },
            Options with { Profile = ExtProfile.Ext2.With("verity") },
            Options with { Verity = new VerityOptions { BlockSize = 512 } },
            Options with { Verity = new VerityOptions { BlockSize = 3000 } },
            Options with { Verity = new VerityOptions { BlockSize = 8192 } },
            Options with { BlockSize = 1024, Verity = new VerityOptions { BlockSize = 2048 } },
            Options with { Verity = new VerityOptions { Salt = new byte[33] } },
            Options with { Verity = new VerityOptions { Algorithm = (VerityAlgorithm)7 } },
        ])
        {
            Assert.Throws<UnrepresentableException>(() => Plan(tree, wrong));
        }

        Plan(tree, Options with { Verity = new VerityOptions { Salt = new byte[32], Signature = _ => new byte[16128] } });
        // Eight levels of sixteen hashes are 4 TiB.
        var options = new VerityOptions { Algorithm = VerityAlgorithm.Sha512, BlockSize = 1024 };
        tree.Set("/f", new FileInode(Blob.Zeros((4L << 40) + 1)));
        Assert.Equal("/f", Assert.Throws<UnrepresentableException>(() => Plan(tree, Options with { Verity = options })).Path);
        Assert.Throws<ArgumentException>(() => FsVerity.Digest(Blob.Zeros((4L << 40) + 1), options));
        Assert.Throws<ArgumentException>(() => FsVerity.Digest(Blob.Empty, options with { BlockSize = 512 }));
        tree.Set("/f", new FileInode(Blob.Zeros((16L << 40) - 8192)));
        Assert.Equal("/f", Assert.Throws<UnrepresentableException>(() => Plan(tree, Options)).Path);

        static ExtPlan Plan(FileTree tree, ExtOptions options) => ExtFileSystem.Plan(tree, options);
    }

    /// <summary>Files at each size where a block or a level begins, as far as 3 MB go.</summary>
    private static FileTree Tree(VerityAlgorithm algorithm, int block)
    {
        int hashes = block / (algorithm == VerityAlgorithm.Sha256 ? 32 : 64);
        var tree = new FileTree();
        tree.Root.ModifiedTime = ExtImage.Options.Time;
        foreach (long size in ((long[])[block, 2 * block, 64 * 1024, (long)hashes * block, (long)hashes * hashes * block, 3_000_000])
            .Where(s => s <= 3_000_000).SelectMany(s => (long[])[s - 1, s, s + 1]).Concat([0, 1]).Distinct())
        {
            tree.Set($"/{size}", new FileInode(Blob.FromMemory(ExtImage.Bytes((int)size, (int)size))) { ModifiedTime = ExtImage.Options.Time });
        }

        return tree;
    }

    private static string Name(VerityAlgorithm algorithm) => algorithm == VerityAlgorithm.Sha256 ? "sha256" : "sha512";

    private static long RoundUp(long value, long to) => (value + to - 1) / to * to;
}

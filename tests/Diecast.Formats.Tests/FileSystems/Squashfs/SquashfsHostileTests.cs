using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>Images that someone spoilt, or made to do harm.</summary>
public class SquashfsHostileTests
{
    private const int Mutations = 2500;

    /// <summary>With metadata as it is a change is seen by the reader; with compressed metadata by the decoder first.</summary>
    [Theory]
    [InlineData(SquashfsCompression.None, SquashfsUncompressed.None, 1)]
    [InlineData(SquashfsCompression.Gzip, SquashfsUncompressed.Inodes | SquashfsUncompressed.Xattrs | SquashfsUncompressed.Ids, 2)]
    [InlineData(SquashfsCompression.Xz, SquashfsUncompressed.Inodes | SquashfsUncompressed.Xattrs | SquashfsUncompressed.Ids, 3)]
    [InlineData(SquashfsCompression.Zstd, SquashfsUncompressed.Inodes | SquashfsUncompressed.Xattrs | SquashfsUncompressed.Ids, 4)]
    [InlineData(SquashfsCompression.Lz4, SquashfsUncompressed.Inodes | SquashfsUncompressed.Xattrs | SquashfsUncompressed.Ids, 5)]
    [InlineData(SquashfsCompression.Lzo, SquashfsUncompressed.Inodes | SquashfsUncompressed.Xattrs | SquashfsUncompressed.Ids, 6)]
    [InlineData(SquashfsCompression.Gzip, SquashfsUncompressed.None, 7)]
    [InlineData(SquashfsCompression.Lz4, SquashfsUncompressed.None, 8)]
    public void Mutations_are_read_or_refused(SquashfsCompression compression, SquashfsUncompressed uncompressed, int seed)
    {
        using var image = new SquashfsImage(Small(), SquashfsImage.Options with
        {
            Compression = compression,
            Uncompressed = uncompressed,
            BlockSize = 8192,
            Fragments = SquashfsFragments.TailEnds,
            Pad = false,
        });
        new ImageMutations(image.Blob.ToArray(), SquashfsFileSystem.Read, (0, SquashfsLayout.Superblock.Size)).Run(Mutations, seed);
    }

    [Fact]
    public void A_directory_in_itself_is_refused()
    {
        var tree = new FileTree();
        tree.MakeDirectory("/in");
        byte[] image = Stored(tree);
        // The entry of the directory below the root leads to the root instead.
        int directories = (int)SquashfsLayout.Superblock.DirectoryTable.Get(image);
        ulong root = SquashfsLayout.Superblock.Root.Get(image);
        Span<byte> listing = image.AsSpan(directories + 2);
        SquashfsLayout.Run.Block.Set(listing, root >> 16);
        SquashfsLayout.Entry.Offset.Set(listing[SquashfsLayout.Run.Size..], root & 0xffff);
        Assert.Contains("two names", Refused(image), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_longer_than_its_list_of_blocks_is_refused_when_it_is_read()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(100_000)), 0b111) { Xattrs = Xattrs.Create([new Xattr("user.x", "1"u8.ToArray())]) });
        byte[] image = Stored(tree);
        int inode = (int)SquashfsLayout.Superblock.InodeTable.Get(image) + 2;
        SquashfsLayout.ExtendedFile.Length.Set(image.AsSpan(inode), 1UL << 60);
        Blob content = Assert.IsType<FileInode>(SquashfsFileSystem.Read(Blob.FromMemory(image)).Find("/f")).Content;
        Assert.Equal(1L << 60, content.Length);
        byte[] buffer = new byte[1];
        Assert.Throws<InvalidImageException>(() => content.Read(1L << 59, buffer));
        Assert.Throws<InvalidImageException>(() => content.DataRanges());
    }

    [Fact]
    public void Many_directories_with_one_listing_do_not_multiply_it()
    {
        var tree = new FileTree();
        const int count = 3000;
        for (int i = 0; i < count; i++)
            tree.MakeDirectory($"/{i:d4}");
        DirectoryInode large = tree.MakeDirectory("/z");
        for (int i = 0; i < 3000; i++)
            large.Set(new string('n', 200) + i, new FileInode(Blob.Empty));
        byte[] image = Stored(tree);
        // Every empty directory gets the listing of the large one, if it could have an extended inode's length: 64 KiB of it.
        FileTree sound = SquashfsFileSystem.Read(Blob.FromMemory(image));
        Assert.Equal(3000, Assert.IsType<DirectoryInode>(sound.Find("/z")).Count);
        int inodes = (int)SquashfsLayout.Superblock.InodeTable.Get(image);
        int end = (int)SquashfsLayout.Superblock.DirectoryTable.Get(image);
        byte[] table = Unpack(image, inodes, end);
        int directory = 0;
        // Files of the large directory come first, each a basic one; the empty directories are behind it.
        for (int at = 0; at < table.Length;)
        {
            Span<byte> inode = table.AsSpan(at);
            int type = (int)SquashfsLayout.Inode.Type.Get(inode);
            if (type == 1 && SquashfsLayout.Directory.Length.Get(inode) == SquashfsLayout.UnstoredListing)
            {
                directory++;
                SquashfsLayout.Directory.Block.Set(inode, 0UL);
                SquashfsLayout.Directory.Offset.Set(inode, 0UL);
                SquashfsLayout.Directory.Length.Set(inode, 53_000UL);
            }

            at += type switch { 1 => SquashfsLayout.Directory.Size, 2 => SquashfsLayout.File.Size, _ => table.Length };
        }

        Assert.Equal(count, directory);
        Pack(table, image, inodes);
        Assert.Throws<InvalidImageException>(() => SquashfsFileSystem.Read(Blob.FromMemory(image)).Walk().Count());
    }

    [Theory]
    [InlineData(3, 1, false, "squashfs 3.1 cannot be read; only 4.0 can")]
    [InlineData(3, 0, true, "squashfs 3.0 in big-endian order cannot be read; only 4.0 can")]
    [InlineData(2, 1, false, "squashfs 2.1 cannot be read; only 4.0 can")]
    [InlineData(1, 0, true, "squashfs 1.0 in big-endian order cannot be read; only 4.0 can")]
    [InlineData(4, 1, false, "squashfs 4.1 cannot be read; only 4.0 can")]
    public void Other_versions_are_refused_by_name(int major, int minor, bool isBigEndian, string message)
    {
        byte[] image = Stored(new FileTree());
        if (isBigEndian)
        {
            image.AsSpan(0, 4).Reverse();
            BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(28), (ushort)major);
            BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(30), (ushort)minor);
        }
        else
        {
            SquashfsLayout.Superblock.Major.Set(image, major);
            SquashfsLayout.Superblock.Minor.Set(image, minor);
        }

        Assert.Contains(message, Refused(image), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(300)]
    public void What_is_cut_short_is_refused(int length) => Refused(Stored(SquashfsTrees.AllTypes())[..length]);

    private static string Refused(byte[] image) => Assert.Throws<InvalidImageException>(
        () => SquashfsFileSystem.Read(Blob.FromMemory(image)).Walk().Count()).Message;

    private static byte[] Stored(FileTree tree)
    {
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Compression = SquashfsCompression.None });
        return image.Blob.ToArray();
    }

    private static byte[] Unpack(byte[] image, int at, int end)
    {
        var table = new MemoryStream();
        while (at < end)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at)) & 0x7fff;
            table.Write(image, at + 2, size);
            at += 2 + size;
        }

        return table.ToArray();
    }

    private static void Pack(byte[] table, byte[] image, int at)
    {
        for (int done = 0; done < table.Length;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at)) & 0x7fff;
            table.AsSpan(done, size).CopyTo(image.AsSpan(at + 2));
            done += size;
            at += 2 + size;
        }
    }

    private static FileTree Small()
    {
        FileTree tree = SquashfsTrees.AllTypes();
        foreach (string large in (string[])["/large", "/equal", "/text", "/sparse"])
            tree.Remove(large);
        tree.Set("/blocks", new FileInode(Blob.FromText(string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i}\n")))));
        for (int i = 0; i < 200; i++)
            tree.Set($"/many/{i}", new FileInode(Blob.FromText($"{i}")));
        return tree;
    }
}

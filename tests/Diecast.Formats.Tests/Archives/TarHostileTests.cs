using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class TarHostileTests
{
    public static TheoryData<string, byte[]> Refused => new()
    {
        { "..", new TarBytes().File("../out", "x").End() },
        { "..", new TarBytes().File("a/../../out", "x").End() },
        { "..", new TarBytes().Directory("a/..").End() },
        { "..", new TarBytes().File("a", "").HardLink("b", "../a").End() },
        { "not in the archive before it", new TarBytes().HardLink("b", "a").File("a", "").End() },
        { "to a directory", new TarBytes().Directory("a").HardLink("b", "a").End() },
        { "goes through", new TarBytes().File("a", "").File("a/b", "").End() },
        { "more than 40 symbolic links", new TarBytes().Symlink("a", "b").Symlink("b", "a").File("a/x", "").End() },
        { "not empty", new TarBytes().File("a/b", "").File("a", "").End() },
        { "not a directory", new TarBytes().File("./", "", type: '7').End() },
        { "no valid target", new TarBytes().Symlink("a", "").End() },
        { "no valid name", new TarBytes().File("", "").End() },
        { "cut short", new TarBytes().File("a", "short", size: 5000).Bytes() },
        { "cut short", new TarBytes().File("a", "short", size: 0x1ffffffff).End() },
        { "absurd", new TarBytes().Pax(("size", long.MaxValue.ToString())).File("a", "").End() },
        { "no number", new TarBytes().Pax(("size", "-1")).File("a", "").End() },
        { "no number", new TarBytes().Pax(("size", "99999999999999999999")).File("a", "").End() },
        { "lies about its length", new TarBytes().RawPax('x', "999 path=x\n"u8.ToArray()).File("a", "").End() },
        { "lies about its length", new TarBytes().RawPax('x', "9 path=xyz\n"u8.ToArray()).File("a", "").End() },
        { "lies about its length", new TarBytes().RawPax('x', "0 \n"u8.ToArray()).File("a", "").End() },
        { "no '='", new TarBytes().RawPax('x', "8 pathx\n"u8.ToArray()).File("a", "").End() },
        { "belongs to one entry", new TarBytes().Pax('g', ("path", "x")).File("a", "").End() },
        { "no 32-bit number", new TarBytes().Pax(("uid", "4294967296")).File("a", "").End() },
        { "no valid name", new TarBytes().Pax(("path", "a\0b")).File("a", "").End() },
        { "no valid target", new TarBytes().Pax(("linkpath", "a\0b")).Symlink("a", "x").End() },
        { "after an extended header", new TarBytes().Pax(("path", "a")).End() },
        { "not supported", new TarBytes().Entry('x', "pax", "", 0, 1L << 32).End() },
        { "not supported", new TarBytes().File("a", "", type: 'M').End() },
        { "not supported", new TarBytes().Pax(("path", string.Concat(Enumerable.Repeat("a/", 3000)))).File("a", "").End() },
        { "not supported", new TarBytes().Pax(("path", new string('a', 20000))).File("a", "").End() },
        { "goes backwards", Sparse("0,10,5,10", 100, 20) },
        { "past the file's size", Sparse("0,10,95,10", 100, 20) },
        { "names 20 bytes", Sparse("0,10,50,10", 100, 19) },
        { "an offset without a length", Sparse("0,10,50", 100, 10) },
        { "no number", Sparse("0,x", 100, 10) },
        { "damaged", new TarBytes().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "9")).File("a", "99\n1\n1\n").End() },
        { "sparse format 2.0", new TarBytes().Pax(("GNU.sparse.major", "2"), ("GNU.sparse.minor", "0")).File("a", "").End() },
        { "no tar archive", [.. Enumerable.Repeat((byte)'z', 2000)] },
        { "do not know", new TarBytes().Pax(("SCHILY.acl.access", "user:nobody:rwx")).File("a", "").End() },
        { "no line of an ACL", new TarBytes().Pax(("SCHILY.acl.access", "what")).File("a", "").End() },
        { "no valid name", new TarBytes().Pax(("SCHILY.xattr.", "v")).File("a", "").End() },
        { "no base 64", new TarBytes().Pax(("LIBARCHIVE.xattr.user.a", "!!!")).File("a", "").End() },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Hostile_archives_are_refused_with_the_place(string reason, byte[] archive)
    {
        var exception = Assert.Throws<InvalidImageException>(() => TarReader.Read(Blob.FromMemory(archive)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("offset", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_no_archive()
    {
        using var temp = new TempDirectory();
        File.WriteAllBytes(temp["empty"], []);
        using HostFile file = HostFile.Open(temp["empty"]);
        Assert.Throws<InvalidImageException>(() => TarReader.ReadFile(file));
    }

    [Fact]
    public void Mutated_archives_give_a_tree_or_a_typed_error()
    {
        byte[][] seeds = [Everything(), Sparse("0,10,50,10", 100, 20), OldSparse(), InlineSparse()];
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        var random = new Random(20250101);
        int trees = 0;
        for (int i = 0; i < 24_000; i++)
        {
            byte[] archive = Mutate(random, seeds[i % seeds.Length]);
            if (archive.Length == 0)
                continue;
            try
            {
                FileTree tree = i % 16 == 0
                    ? TarReader.Read(new MemoryStream(archive), spool)
                    : TarReader.Read(Blob.FromMemory(archive));
                trees++;
                foreach (TreeEntry entry in tree.Walk())
                {
                    Assert.DoesNotContain("..", entry.Path.Split('/'));
                    if (entry.Inode is FileInode { Content.Length: < 65536 } file)
                        _ = file.Content.ToArray();
                }
            }
            catch (InvalidImageException)
            {
            }
        }

        Assert.InRange(trees, 1000, 23_000);
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        byte[] archive = (byte[])seed.Clone();
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(archive.Length);
            switch (random.Next(6))
            {
                case 0:
                    archive[at] = (byte)random.Next(256);
                    break;
                case 1:
                    archive[at] = (byte)"0123456789,=/.\n\0gxLKS1"[random.Next(22)];
                    break;
                case 2:
                    random.NextBytes(archive.AsSpan(at, Math.Min(random.Next(1, 16), archive.Length - at)));
                    break;
                case 3:
                    // A field of a header.
                    int header = at & ~511;
                    ReadOnlySpan<int> fields = [0, 100, 108, 116, 124, 136, 156, 157, 329, 337, 345, 386, 482, 483];
                    archive[Math.Min(header + fields[random.Next(fields.Length)] + random.Next(12), archive.Length - 1)] = (byte)random.Next(256);
                    break;
                case 4:
                    // One block over another.
                    int from = random.Next(archive.Length / 512) * 512;
                    archive.AsSpan(from, 512).CopyTo(archive.AsSpan(random.Next(archive.Length / 512) * 512));
                    break;
                default:
                    if (random.Next(4) == 0)
                        archive = archive[..(random.Next(archive.Length) / 512 * 512)];
                    break;
            }

            if (archive.Length < 512)
                return archive;
        }

        // Most mutations would end at the checksum; seal every block that still looks like a header.
        for (int at = 0; at + 512 <= archive.Length; at += 512)
        {
            if (archive.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
                TarBytes.Seal(archive.AsSpan(at, 512));
        }

        return archive;
    }

    private static byte[] Everything() => new TarBytes()
        .Directory("./").Directory("usr/lib").Symlink("lib", "usr/lib").File("lib/a", "content a").HardLink("b", "usr/lib/a")
        .Pax(("path", "long/" + new string('p', 120)), ("mtime", "1.5"), ("SCHILY.xattr.user.x", "v"), ("SCHILY.acl.access", "user::rw-,user:1:r--,group::r--,mask::r--,other::---"))
        .File("short", new string('c', 700))
        .Pax('g', ("uid", "5"))
        .Entry('L', "././@LongLink", "", 0, 9).Data("longname\0"u8.ToArray()).File("cut", "gnu")
        .Entry('3', "null", "", 0x1b6, 0).Entry('6', "pipe", "", 0x1b6, 0)
        .End();

    private static byte[] Sparse(string map, long size, int stored) => new TarBytes()
        .Pax(("GNU.sparse.map", map), ("GNU.sparse.size", size.ToString()), ("GNU.sparse.name", "holes"))
        .File("a", new string('s', stored)).End();

    private static byte[] InlineSparse() => new TarBytes()
        .Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "9000"), ("GNU.sparse.name", "holes"))
        .File("a", "2\n0\n5\n4096\n5\n".PadRight(512, '\0') + "12345abcde").End();

    private static byte[] OldSparse()
    {
        byte[] archive = new TarBytes().Entry('S', "holes", "", 0x1a4, 10).Data([]).Data(new byte[504].Append((byte)0).ToArray())
            .Data("12345abcde"u8.ToArray()).End();
        Span<byte> header = archive.AsSpan(0, 512);
        TarBytes.PutOctal(header.Slice(386, 12), 0);
        TarBytes.PutOctal(header.Slice(398, 12), 5);
        header[482] = 1;
        TarBytes.PutOctal(header.Slice(483, 12), 9000);
        TarBytes.Seal(header);
        TarBytes.PutOctal(archive.AsSpan(512, 12), 4096);
        TarBytes.PutOctal(archive.AsSpan(524, 12), 5);
        return archive;
    }
}

using System.Buffers.Binary;
using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class ElfTests
{
    [Fact]
    public void A_program_names_its_loader_libraries_and_search_path()
    {
        ElfFile elf = ElfFile.Read(Blob.FromMemory(BootTrees.Elf("/lib64/ld.so", ["libc.so.6", "libm.so.6"], "$ORIGIN/../lib:/opt")));
        Assert.Equal("/lib64/ld.so", elf.Interpreter);
        Assert.Equal(["libc.so.6", "libm.so.6"], elf.Needed);
        Assert.Equal(["$ORIGIN/../lib", "/opt"], elf.SearchPath);
        Assert.Equal(Architecture.Amd64, elf.Architecture);
        Assert.False(elf.IsStatic);
    }

    [Fact]
    public void A_program_without_loader_and_libraries_is_static() =>
        Assert.True(ElfFile.Read(Blob.FromMemory(BootTrees.Elf())).IsStatic);

    [Fact]
    public void Damage_anywhere_ends_in_a_typed_error_or_a_reading()
    {
        byte[] good = BootTrees.Elf("/lib64/ld.so", ["libc.so.6", "libm.so.6"], "/opt");
        var random = new Random(20250101);
        for (int round = 0; round < 20000; round++)
        {
            byte[] bad = good.AsSpan(0, round % 3 == 0 ? random.Next(good.Length) : good.Length).ToArray();
            for (int i = random.Next(1, 6); i > 0 && bad.Length > 0; i--)
                bad[PlaceIn(random, bad.Length)] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
            try
            {
                ElfFile elf = ElfFile.Read(Blob.FromMemory(bad));
                Assert.All(elf.Needed, name => Assert.InRange(name.Length, 1, 4096));
            }
            catch (InvalidImageException exception)
            {
                Assert.Equal("ELF", exception.Format);
            }
        }
    }

    // The fields that matter are in the first two kilobytes, most in the headers.
    private static int PlaceIn(Random random, int length) => random.Next(Math.Min(length, random.Next(2) == 0 ? 0x100 : 0x700));

    [Fact]
    public void Counts_beyond_all_real_programs_are_refused()
    {
        byte[] many = BootTrees.Elf();
        BinaryPrimitives.WriteUInt16LittleEndian(many.AsSpan(56), 60000);
        Assert.Contains("60000 program headers", Refusal(many), StringComparison.Ordinal);

        byte[] text = BootTrees.Elf("/lib64/ld.so", ["libc.so.6"]);
        text.AsSpan(0x600).Fill((byte)'x');
        Assert.Contains("no name that ends", Refusal(text), StringComparison.Ordinal);
    }

    [Fact]
    public void The_closure_follows_links_configuration_and_run_paths()
    {
        FileTree tree = BootTrees.Of(
            ("/lib", new SymlinkInode("usr/lib")),
            ("/lib64", new SymlinkInode("usr/lib64")),
            ("/usr/lib64/ld.so", BootTrees.Program(BootTrees.Elf())),
            ("/etc/ld.so.conf", BootTrees.Text("include /etc/ld.so.conf.d/*.conf\n# a comment\n")),
            ("/etc/ld.so.conf.d/own.conf", BootTrees.Text("/opt/own/\n")),
            ("/usr/bin/tool", BootTrees.Program(BootTrees.Elf("/lib64/ld.so", ["liba.so", "ld.so"], "$ORIGIN/../private"))),
            ("/usr/private/liba.so", new SymlinkInode("liba.so.1")),
            ("/usr/private/liba.so.1", BootTrees.Program(BootTrees.Elf(null, ["libb.so", "libc.so"]))),
            ("/opt/own/libb.so", BootTrees.Program(BootTrees.Elf(null, ["libc.so"]))),
            ("/usr/lib/libc.so", BootTrees.Program(BootTrees.Elf(machine: 183))),
            ("/usr/lib/x86_64-linux-gnu/libc.so", BootTrees.Program(BootTrees.Elf(null, ["liba.so"]))));
        var closure = ElfClosure.Find(tree, "/usr/bin/tool");
        Assert.Equal(["liba.so", "libb.so", "libc.so"], closure.Libraries.Select(l => l.Name));
        Assert.Same(tree.Resolve("/usr/lib/x86_64-linux-gnu/libc.so"), closure.Libraries[2].File);
        Assert.Same(tree.Resolve("/usr/lib64/ld.so"), closure.Loader);
    }

    [Fact]
    public void A_missing_library_is_named_with_its_user()
    {
        FileTree tree = BootTrees.Of(("/usr/bin/tool", BootTrees.Program(BootTrees.Elf(null, ["libgone.so"]))));
        BootException exception = Assert.Throws<BootException>(() => ElfClosure.Find(tree, "/usr/bin/tool"));
        Assert.Equal("/usr/bin/tool needs the library libgone.so, which is not in the tree", exception.Message);
    }

    [Fact]
    public void A_library_name_cannot_lead_out_of_the_directory_it_is_written_to()
    {
        FileTree tree = BootTrees.Of(
            ("/usr/bin/tool", BootTrees.Program(BootTrees.Elf(null, ["../evil.so"]))),
            ("/lib/../evil.so".Replace("/..", "", StringComparison.Ordinal), BootTrees.Program(BootTrees.Elf())));
        Assert.Throws<BootException>(() => ElfClosure.Find(tree, "/usr/bin/tool"));
    }

    private static string Refusal(byte[] file) =>
        Assert.Throws<InvalidImageException>(() => ElfFile.Read(Blob.FromMemory(file))).Message;
}

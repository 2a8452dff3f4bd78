using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Tests.Executables;

public sealed class UnifiedKernelImageTests
{
    private const string CommandLine = "console=ttyS0 root=/dev/vda2";

    private static readonly UkiParts Parts = new()
    {
        Stub = new SamplePe().ToBlob(),
        Kernel = SamplePe.Kernel.ToBlob(),
        Initrds = [Blob.FromMemory(SamplePe.Bytes(10_001, 4)), Blob.FromMemory(SamplePe.Bytes(515, 5))],
        CommandLine = CommandLine,
        OsRelease = "ID=sample\nNAME=Sample\n",
    };

    [Fact]
    public void The_sections_are_the_parts()
    {
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts));

        Assert.Equal([".text", ".sbat", ".sdmagic", ".osrel", ".cmdline", ".uname", ".linux", ".initrd"], image.Sections.Select(s => s.Name));
        Assert.Equal(CommandLine, SamplePe.Text(image, ".cmdline"));
        Assert.Equal(Parts.OsRelease, SamplePe.Text(image, ".osrel"));
        Assert.Equal(SamplePe.Release, SamplePe.Text(image, ".uname"));
        Assert.Equal(SamplePe.Kernel.ToArray(), image.Find(".linux")!.Content.ToArray());
        Assert.Equal(0x40000020u, image.Find(".linux")!.Characteristics);
        byte[] initrd = image.Find(".initrd")!.Content.ToArray();
        Assert.Equal(10_004 + 516, initrd.Length);
        Assert.Equal(SamplePe.Bytes(10_001, 4), initrd[..10_001]);
        Assert.Equal(SamplePe.Bytes(515, 5), initrd[10_004..^1]);
        Assert.Equal(
            SamplePe.StubSbat + "uki,1,UKI,uki,1,https://uapi-group.org/specifications/specs/unified_kernel_image/\n", SamplePe.Text(image, ".sbat"));
    }

    /// <summary>Headers, sections in the file and sections in memory tile what they are in.</summary>
    [Fact]
    public void Sections_stand_one_behind_the_other()
    {
        Blob content = UnifiedKernelImage.Assemble(Parts);
        PeFile image = PeFile.Read(content);

        long place = image.HeadersLength;
        long address = 0x1000;
        foreach (PeSection section in image.Sections)
        {
            Assert.Equal(place, section.Offset);
            Assert.Equal(address, section.VirtualAddress);
            Assert.Equal(0, section.Length % 512);
            place += section.Length;
            address = (section.VirtualAddress + section.VirtualLength + 4095) & ~4095L;
        }

        Assert.Equal(place, content.Length);
        Assert.Equal(address, image.ImageLength);
        Assert.Equal(0, image.CheckSum);
    }

    /// <summary>The bytes of ukify 262 for the same parts; it was run when this was written.</summary>
    [Fact]
    public void The_bytes_are_pinned() => Assert.Equal(
        "1285dbd1eaec03b078ac50a3483807df9f1c1df3c4752b99a21a6beaca9f28b5", Convert.ToHexStringLower(SHA256.HashData(UnifiedKernelImage.Assemble(Parts).ToArray())));

    [Fact]
    public void The_length_does_not_follow_from_what_texts_say()
    {
        long length = UnifiedKernelImage.Length(Parts with { CommandLine = "roothash=" + new string('0', 64) });
        Blob image = UnifiedKernelImage.Assemble(Parts with { CommandLine = "roothash=" + new string('f', 64) });
        Assert.Equal(length, image.Length);
    }

    [Fact]
    public void Content_is_referred_to_and_not_read()
    {
        long read = 0;
        var initrd = new GeneratedBlob(3L << 30, (_, destination) => Interlocked.Add(ref read, destination.Length));
        Blob image = UnifiedKernelImage.Assemble(Parts with { Initrds = [initrd] });
        Assert.Equal(0, read);
        Assert.InRange(image.Length, 3L << 30, (3L << 30) + (1 << 20));
    }

    [Fact]
    public void What_would_end_behind_4_GiB_is_refused() => Assert.Throws<DoesNotFitException>(
        () => UnifiedKernelImage.Assemble(Parts with { Initrds = [Blob.Zeros((1L << 32) - 4096)] }));

    [Theory]
    [InlineData(0x014c)]
    [InlineData(0xaa64)]
    [InlineData(0x5064)]
    [InlineData(0x6264)]
    public void Stub_and_kernel_are_of_one_machine(int machine)
    {
        var stub = new SamplePe { Machine = machine, IsWide = machine != 0x014c };
        UkiParts parts = Parts with { Stub = stub.ToBlob() };
        UnrepresentableException refused = Assert.Throws<UnrepresentableException>(() => UnifiedKernelImage.Assemble(parts));
        Assert.Contains("the kernel for amd64", refused.Message, StringComparison.Ordinal);

        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(parts with { Kernel = (SamplePe.Kernel with { Machine = machine, IsWide = machine != 0x014c }).ToBlob() }));
        Assert.Equal(machine, image.MachineNumber);
        Assert.Equal(machine, (int)image.Machine);
    }

    [Fact]
    public void A_64_bit_kernel_with_an_entry_for_32_bit_firmware_goes_with_its_stub()
    {
        SamplePe kernel = SamplePe.Kernel with { Sections = [.. SamplePe.Kernel.Sections, (".compat", [1, 2, 3])] };
        Blob image = UnifiedKernelImage.Assemble(Parts with { Stub = new SamplePe { Machine = 0x014c, IsWide = false }.ToBlob(), Kernel = kernel.ToBlob() });
        Assert.Equal(PeMachine.I386, PeFile.Read(image).Machine);
    }

    [Fact]
    public void A_compressed_kernel_is_unpacked()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(SamplePe.Kernel.ToArray());
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with { Kernel = Blob.FromMemory(packed.ToArray()) }));
        Assert.Equal(SamplePe.Kernel.ToArray(), image.Find(".linux")!.Content.ToArray());
        Assert.Equal(SamplePe.Release, SamplePe.Text(image, ".uname"));
    }

    [Theory]
    [InlineData(0x100, true)]
    [InlineData(0x000, false)]
    public void Memory_protection_is_promised_where_the_kernel_does(int kernel, bool expected)
    {
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with { Kernel = (SamplePe.Kernel with { DllCharacteristics = kernel }).ToBlob() }));
        Assert.Equal(expected, image.IsNxCompatible);
        Assert.Equal(expected ? 0x160 : 0x060, image.DllCharacteristics);
    }

    /// <summary>Headers of 0x200 bytes hold five sections of a stub; the rest is up to the first section's address.</summary>
    [Fact]
    public void Headers_grow_up_to_the_first_section()
    {
        var stub = new SamplePe { HeadersLength = 0x200 };
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with { Stub = stub.ToBlob() }));
        Assert.Equal(0x400, image.HeadersLength);
        Assert.Equal(stub.Sections[0].Content, image.Find(".text")!.Content.ToArray());

        // 0x1000 - 0x40 - 24 - 240 leaves room for 94 headers; the stub has 3 and the parts 5.
        UkiSection[] sections = [.. Enumerable.Range(0, 86).Select(i => new UkiSection($".s{i}", Blob.FromText("x")))];
        Assert.Equal(94, PeFile.Read(UnifiedKernelImage.Assemble(Parts with { Stub = stub.ToBlob(), ExtraSections = sections })).Sections.Count);
        DoesNotFitException refused = Assert.Throws<DoesNotFitException>(
            () => UnifiedKernelImage.Assemble(Parts with { Stub = stub.ToBlob(), ExtraSections = [.. sections, new UkiSection(".more", Blob.FromText("x"))] }));
        Assert.Equal("uki: 95 sections, 3 of them the stub's; its headers have room for 94", refused.Message);
    }

    [Theory]
    [InlineData(300, 1)]
    [InlineData(3000, 1)]
    [InlineData(5000, 8)]
    public void Revocation_texts_grow_in_their_place_or_behind(int length, int index)
    {
        string line = "sample,1," + new string('x', length) + "\n";
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with { Sbat = ["sbat,1\n" + line, "sbat,1\nother,1"] }));
        Assert.Equal(SamplePe.StubSbat + line + "other,1\n", SamplePe.Text(image, ".sbat"));
        Assert.Equal(index == 1 ? 1 : image.Sections.Count - 1, image.Sections.ToList().FindIndex(s => s.Name == ".sbat"));
        Assert.Equal(new SamplePe().Sections[2].Content, image.Find(".sdmagic")!.Content.ToArray());
        Assert.Single(image.Sections, s => s.Name == ".sbat");
    }

    [Fact]
    public void Profiles_follow_what_they_share()
    {
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with
        {
            Profile = "ID=main\n",
            PcrSignature = "{}",
            Profiles = [new UkiProfile { Profile = "ID=reset\nTITLE=Reset\n", CommandLine = "reset=1", PcrSignature = "{\"a\":1}" }, new UkiProfile { Profile = "ID=x" }],
        }));
        Assert.Equal(
            [".osrel", ".cmdline", ".uname", ".linux", ".initrd", ".profile", ".pcrsig", ".profile", ".cmdline", ".pcrsig", ".profile"],
            image.Sections.Skip(3).Select(s => s.Name));
        Assert.Equal("reset=1", Encoding.UTF8.GetString(image.Sections[^3].Content.ToArray()));
    }

    [Fact]
    public void Every_part_has_its_section()
    {
        Blob tree = Blob.FromMemory(new byte[] { 0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 4 });
        PeFile image = PeFile.Read(UnifiedKernelImage.Assemble(Parts with
        {
            KernelRelease = "given",
            Microcode = Blob.FromText("ucode"),
            Splash = Blob.FromMemory(Bitmap(3, 2)),
            DeviceTree = tree,
            DeviceTrees = [tree, tree],
            HardwareIds = UkiHardwareIds.Write([new UkiHardwareId([Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")], "Board", "vendor,board")]),
            PcrPublicKey = "key",
            PcrSignature = "{}",
            ExtraSections = [new UkiSection(".extra", Blob.FromText("more"))],
        }));
        Assert.Equal(
            [".osrel", ".cmdline", ".dtb", ".dtbauto", ".dtbauto", ".hwids", ".uname", ".splash", ".pcrpkey", ".linux", ".initrd", ".ucode", ".extra", ".pcrsig"],
            image.Sections.Skip(3).Select(s => s.Name));
        Assert.Equal("given", SamplePe.Text(image, ".uname"));
        byte[] ids = image.Find(".hwids")!.Content.ToArray();
        Assert.Equal(
            "1c000010" + "33221100554477668899aabbccddeeff" + "38000000" + "3e000000" + new string('0', 56) + Convert.ToHexStringLower("Board\0vendor,board\0"u8),
            Convert.ToHexStringLower(ids));
    }

    [Fact]
    public void An_addon_has_no_kernel()
    {
        UkiParts addon = new() { Stub = SamplePe.Addon.ToBlob(), CommandLine = "quiet" };
        PeFile image = PeFile.Read(UnifiedKernelImage.AssembleAddon(addon));
        Assert.Equal([".text", ".sdmagic", ".cmdline", ".sbat"], image.Sections.Select(s => s.Name));
        Assert.StartsWith("sbat,1,SBAT Version,", SamplePe.Text(image, ".sbat"), StringComparison.Ordinal);
        Assert.Contains("\nuki-addon,1,", SamplePe.Text(image, ".sbat"), StringComparison.Ordinal);

        Refused(() => UnifiedKernelImage.AssembleAddon(addon with { CommandLine = null }), "and this has none");
        Refused(() => UnifiedKernelImage.AssembleAddon(addon with { Kernel = SamplePe.Kernel.ToBlob() }), "an addon has no kernel");
        Refused(() => UnifiedKernelImage.Assemble(addon), "there is no kernel");
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Refused(Parts with { Stub = UnifiedKernelImage.Assemble(Parts) }, "has a section .osrel already");
        Refused(Parts with { Stub = new SamplePe { Subsystem = 3 }.ToBlob() }, "no EFI application");
        Refused(Parts with { Kernel = Blob.FromText("no kernel") }, "the kernel is no PE file");
        Refused(Parts with { Kernel = (SamplePe.Kernel with { SectionAlignment = 16, FileAlignment = 32 }).ToBlob() }, "multiples of 16");
        Refused(Parts with { CommandLine = "a\0b" }, "without NUL");
        Refused(Parts with { Splash = Blob.FromText("PNG") }, "no BMP file");
        Refused(Parts with { Splash = Blob.FromMemory(Bitmap(3, 2).AsMemory(..^1)) }, "says that it has 78");
        Refused(Parts with { DeviceTree = Blob.FromText("/dts-v1/;") }, "(dtb)");
        Refused(Parts with { ExtraSections = [new UkiSection("toolongname", Blob.Empty)] }, "the section name 'toolongname'");
        Refused(Parts with { ExtraSections = [new UkiSection(".text", Blob.Empty)] }, "is the stub's");
        Refused(Parts with { ExtraSections = [new UkiSection(".linux", Blob.Empty)] }, "is the format's own");
        Refused(Parts with { Profiles = [new UkiProfile()] }, "needs its text");
        Refused(Parts with { Sbat = ["uki,1"] }, "begins with 'sbat,'");
        Assert.Throws<InvalidImageException>(() => UnifiedKernelImage.Assemble(Parts with { Stub = Blob.FromText("no stub") }));
    }

    [ToolFact("objdump", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub")]
    public void Binutils_see_the_sections_of_a_real_stub()
    {
        using var directory = new TempDirectory();
        byte[] stub = File.ReadAllBytes("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
        Blob image = UnifiedKernelImage.Assemble(Parts with { Stub = Blob.FromMemory(stub) });
        File.WriteAllBytes(directory["uki.efi"], image.ToArray());
        string listing = Tool.Check("objdump", "-h", directory["uki.efi"]);
        foreach (PeSection section in PeFile.Read(image).Sections)
            Assert.Matches($@"\s{System.Text.RegularExpressions.Regex.Escape(section.Name)}\s+{section.VirtualLength:x8} .* {section.Offset:x8} ", listing);
        Tool.Check("objcopy", "-O", "binary", "--only-section=.cmdline", directory["uki.efi"], directory["cmdline"]);
        Assert.Equal(CommandLine, File.ReadAllText(directory["cmdline"]));
    }

    internal static byte[] Bitmap(int width, int height)
    {
        int row = ((24 * width) + 31) / 32 * 4;
        byte[] file = new byte[54 + (row * height)];
        "BM"u8.CopyTo(file);
        Set(2, file.Length);
        Set(10, 54);
        Set(14, 40);
        Set(18, width);
        Set(22, height);
        Set(26, 1 | (24 << 16));
        return file;

        void Set(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
    }

    private static void Refused(UkiParts parts, string expected) => Refused(() => UnifiedKernelImage.Assemble(parts), expected);

    private static void Refused(Action action, string expected) =>
        Assert.Contains(expected, Assert.Throws<UnrepresentableException>(action).Message, StringComparison.Ordinal);
}

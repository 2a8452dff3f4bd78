using Diecast.Formats.Partitioning;

namespace Diecast.Formats.Tests.Partitioning;

public sealed class PartitionTypesTests
{
    private static readonly Dictionary<string, string> SfdiskArchitectures = new()
    {
        ["x86-64"] = "x86-64",
        ["x86"] = "x86",
        ["arm64"] = "ARM-64",
        ["arm"] = "ARM",
        ["riscv64"] = "RISC-V-64",
        ["riscv32"] = "RISC-V-32",
        ["loongarch64"] = "LoongArch-64",
        ["ppc64-le"] = "PPC64LE",
        ["s390x"] = "S390X",
        ["mips-le"] = "MIPS-32 LE",
        ["mips64-le"] = "MIPS-64 LE",
    };

    [ToolFact("sfdisk")]
    public void The_architectures_GUIDs_are_those_of_sfdisk()
    {
        Dictionary<string, Guid> listed = List();
        foreach (string architecture in PartitionTypes.Architectures)
        {
            string foreign = SfdiskArchitectures[architecture];
            Check($"root-{architecture}", $"Linux root ({foreign})");
            Check($"usr-{architecture}", $"Linux /usr ({foreign})");
            Check($"root-{architecture}-verity", $"Linux root verity ({foreign})");
            Check($"usr-{architecture}-verity", $"Linux /usr verity ({foreign})");
            Check($"root-{architecture}-verity-sig", $"Linux root verity sign. ({foreign})");
            Check($"usr-{architecture}-verity-sig", $"Linux /usr verity sign. ({foreign})");
        }

        void Check(string name, string foreign) => Assert.Equal((name, listed[foreign]), (name, PartitionTypes.Find(name)!.Guid!.Value));
    }

    [ToolTheory("sfdisk")]
    [InlineData("esp", "EFI System")]
    [InlineData("bios-boot", "BIOS boot")]
    [InlineData("xbootldr", "Linux extended boot")]
    [InlineData("linux-generic", "Linux filesystem")]
    [InlineData("swap", "Linux swap")]
    [InlineData("home", "Linux home")]
    [InlineData("srv", "Linux server data")]
    [InlineData("var", "Linux variable data")]
    [InlineData("tmp", "Linux temporary data")]
    [InlineData("user-home", "Linux user's home")]
    [InlineData("linux-raid", "Linux RAID")]
    [InlineData("linux-lvm", "Linux LVM")]
    [InlineData("linux-reserved", "Linux reserved")]
    [InlineData("prep", "PowerPC PReP boot")]
    [InlineData("microsoft-basic", "Microsoft basic data")]
    [InlineData("microsoft-reserved", "Microsoft reserved")]
    [InlineData("chromeos-kernel", "ChromeOS kernel")]
    [InlineData("hifive-fsbl", "HiFive FSBL")]
    [InlineData("hifive-bbl", "HiFive BBL")]
    public void The_general_GUIDs_are_those_of_sfdisk(string name, string foreign) =>
        Assert.Equal(List()[foreign], PartitionTypes.Find(name)!.Guid!.Value);

    [Fact]
    public void Names_and_GUIDs_are_unique()
    {
        Assert.Equal(PartitionTypes.All.Count, PartitionTypes.All.Select(t => t.Name).Distinct().Count());
        Guid[] guids = [.. PartitionTypes.All.Where(t => t.Guid is not null).Select(t => t.Guid!.Value)];
        Assert.Equal(guids.Length, guids.Distinct().Count());
    }

    [Fact]
    public void A_type_is_found_by_name_GUID_byte_and_architecture()
    {
        Assert.Equal("root-riscv64", PartitionTypes.Find("root", "riscv64")!.Name);
        Assert.Equal("usr-arm64-verity-sig", PartitionTypes.Find("usr-verity-sig", "arm64")!.Name);
        Assert.Null(PartitionTypes.Find("root"));
        Assert.Null(PartitionTypes.Find("root", "pdp11"));
        Assert.Null(PartitionTypes.Find("0x100"));
        Assert.Equal((byte)0xA5, PartitionTypes.Find("0xa5")!.MbrByte);
        Assert.Equal("esp", PartitionTypes.Find("C12A7328-F81F-11D2-BA4B-00A0C93EC93B")!.Name);
        Assert.Equal("12345678-1234-1234-1234-123456789abc", PartitionTypes.Find("123456781234123412341234567 89abc".Replace(" ", ""))!.Name);
    }

    private static Dictionary<string, Guid> List()
    {
        var listed = new Dictionary<string, Guid>();
        foreach (string line in Tool.Check("sfdisk", "--label", "gpt", "--list-types").Split('\n'))
        {
            if (line.Length > 38 && Guid.TryParse(line.AsSpan(0, 36), out Guid guid))
                listed.TryAdd(line[38..].Trim(), guid);
        }

        return listed;
    }
}

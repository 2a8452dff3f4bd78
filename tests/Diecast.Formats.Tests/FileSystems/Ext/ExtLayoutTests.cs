using System.Text;
using Diecast.Formats.Checksums;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Ext;

namespace Diecast.Formats.Tests.FileSystems.Ext;

public class ExtLayoutTests
{
    public static TheoryData<string> Structures => [.. Layouts().Keys];

    [Theory]
    [MemberData(nameof(Structures))]
    public void The_fields_tile_the_structure(string structure)
    {
        (LayoutField[] fields, int size) = Layouts()[structure];
        int end = 0;
        foreach (LayoutField field in fields)
        {
            Assert.True(field.Offset == end, $"{field.Name} begins at {field.Offset}, the field before ends at {end}");
            end = field.End;
        }

        Assert.Equal(size, end);
    }

    [Fact]
    public void A_number_wider_than_its_field_is_refused()
    {
        Assert.Throws<OverflowException>(() => ExtInodeLayout.Mode.Set(new byte[ExtInodeLayout.Size], 0x10000L));
        Assert.Throws<OverflowException>(() => ExtInodeLayout.SizeLo.Set(new byte[ExtInodeLayout.Size], -1L));
    }

    [Fact]
    public void Crc32C_and_Crc16_match_the_published_check_values()
    {
        byte[] check = Encoding.ASCII.GetBytes("123456789");
        Assert.Equal(0xe3069283, ~Crc32C.Append(Crc32C.Start, check));
        Assert.Equal(Crc32C.Append(7, check.AsSpan(0, 4)), Crc32C.Append(7u, BitConverter.ToUInt32(check)));
        Assert.Equal(0x4b37, Crc16.Append(Crc16.Start, check));
    }

    [ToolFact("debugfs")]
    public void The_directory_hash_is_the_one_debugfs_computes()
    {
        var seed = new Guid("12345678-9abc-def0-1122-334455667788");
        foreach (ExtHashCharacters characters in Enum.GetValues<ExtHashCharacters>())
        {
            string version = characters == ExtHashCharacters.Signed ? "half_md4" : "4";
            var hash = new ExtDirectoryHash(seed, characters);
            using var directory = new TempDirectory();
            string[] names =
            [
                .. Enumerable.Range(1, 80).Select(i => new string((char)('a' + (i % 26)), i)),
                new string('z', 255), "é", "ünïcödé-名前-" + new string('é', 30),
            ];
            File.WriteAllLines(directory["requests"], names.Select(n => $"dx_hash -h {version} -s {seed} {n}"));
            string output = Tool.Check("debugfs", "-f", directory["requests"]);
            foreach (string name in names)
            {
                ulong value = hash.Of(Encoding.UTF8.GetBytes(name));
                Assert.Contains($"Hash of {name} is 0x{value >> 32:x} (minor 0x{value & uint.MaxValue:x})", output, StringComparison.Ordinal);
            }
        }
    }

    private static Dictionary<string, (LayoutField[] Fields, int Size)> Layouts() => new()
    {
        ["superblock"] = (ExtSuperblockLayout.Fields, 1024),
        ["descriptor"] = (ExtDescriptorLayout.Fields, 64),
        ["inode"] = (ExtInodeLayout.Fields, 160),
        ["xattr header"] = (ExtXattrHeaderLayout.Fields, 32),
        ["xattr entry"] = (ExtXattrEntryLayout.Fields, 16),
        ["journal superblock"] = (JournalSuperblockLayout.Fields, 1024),
    };
}

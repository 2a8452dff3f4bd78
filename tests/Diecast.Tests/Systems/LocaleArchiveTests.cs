using System.Buffers.Binary;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class LocaleArchiveTests
{
    [Theory]
    [InlineData("en_US.UTF-8", "en_US.utf8")]
    [InlineData("sr_RS.UTF-8@latin", "sr_RS.utf8@latin")]
    [InlineData("de_DE.ISO-8859-15", "de_DE.iso885915")]
    [InlineData("de_DE.8859-1", "de_DE.iso88591")]
    [InlineData("de_DE", "de_DE")]
    [InlineData("de_DE@euro", "de_DE@euro")]
    public void Names_are_spelled_as_glibc_looks_them_up(string name, string spelled) =>
        Assert.Equal(spelled, LocaleArchive.Normalize(name));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_are_read_in_either_byte_order(bool bigEndian) =>
        Assert.Equal(["de_DE.utf8", "en_US.utf8"], LocaleArchive.ReadNames(Archive(bigEndian)));

    [ToolFact("localedef")]
    public void Names_are_those_that_localedef_lists()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["usr/lib/locale"]);
        foreach ((string source, string charset, string name) in ((string, string, string)[])[("POSIX", "UTF-8", "xx_XX.UTF-8"), ("POSIX", "ANSI_X3.4-1968", "yy_YY")])
            Tool.Run("localedef", "--prefix=" + directory.Path, "-c", "-i", source, "-f", charset, name);

        string[] listed = Tool.Check("localedef", "--prefix=" + directory.Path, "--list-archive").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.NotEmpty(listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), LocaleArchive.ReadNames(File.ReadAllBytes(directory["usr/lib/locale/locale-archive"]))!);
    }

    [Fact]
    public void Damaged_archives_are_none()
    {
        byte[] archive = Archive(bigEndian: false);
        for (int length = 0; length < archive.Length; length++)
            Assert.Null(LocaleArchive.ReadNames(archive.AsSpan(0, length)));
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            byte[] mutated = [.. archive];
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            Assert.True(LocaleArchive.ReadNames(mutated) is null or { Count: <= 4 });
        }
    }

    // Header, a table of four entries of which two are used, and the names; nothing else is looked at.
    private static byte[] Archive(bool bigEndian)
    {
        const int Table = 56;
        const int Names = Table + (4 * 12);
        byte[] bytes = new byte[Names + 22];
        Write(0, 0xde020109);
        Write(8, Table);
        Write(12, 2);
        Write(16, 4);
        Write(Table + 12 + 4, Names);
        Write(Table + 12 + 8, 1);
        Write(Table + 36 + 4, Names + 11);
        Write(Table + 36 + 8, 1);
        "en_US.utf8\0de_DE.utf8\0"u8.CopyTo(bytes.AsSpan(Names));
        return bytes;

        void Write(int offset, uint value)
        {
            if (bigEndian)
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offset), value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        }
    }
}

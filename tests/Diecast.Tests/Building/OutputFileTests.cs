using Diecast.Building;

namespace Diecast.Tests.Building;

public sealed class OutputFileTests
{
    [Fact]
    public void An_output_replaces_the_old_one_only_when_it_is_published()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["image"], "old");

        using var output = OutputFile.Create(directory["image"]);
        RandomAccess.Write(output.Handle, "new"u8, 0);
        Assert.Equal("old", File.ReadAllText(directory["image"]));
        output.Publish();

        Assert.Equal("new", File.ReadAllText(directory["image"]));
    }

    [Fact]
    public void An_output_that_is_not_published_leaves_nothing()
    {
        using var directory = new TempDirectory();

        using (var output = OutputFile.Create(directory["image"]))
            RandomAccess.Write(output.Handle, "half"u8, 0);

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void A_missing_directory_is_made()
    {
        using var directory = new TempDirectory();

        using (var output = OutputFile.Create(directory["a/b/image"]))
            output.Publish();

        Assert.True(File.Exists(directory["a/b/image"]));
    }

    [Fact]
    public void A_directory_is_no_output()
    {
        using var directory = new TempDirectory();

        IOException error = Assert.Throws<IOException>(() => OutputFile.Create(directory.Path));

        Assert.Contains("is a directory", error.Message, StringComparison.Ordinal);
    }
}

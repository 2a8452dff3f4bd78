using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Tests.Building;

public sealed class OutputFileTests
{
    [Fact]
    public void A_command_sees_each_output_before_it_is_in_its_place_and_may_change_it()
    {
        using var directory = new TempDirectory();
        Define(directory, """["echo $DISK_IMAGE_FORMAT $DISK_IMAGE_NAME >>seen; test ! -e \"out/$DISK_IMAGE_NAME\"; ls out/ >>listed; [ $DISK_IMAGE_FORMAT != raw ] || printf tail >>\"$DISK_IMAGE\""]""");

        BuildReport report = Build(directory);

        Assert.Equal("raw hooked.raw\nqcow2 hooked.qcow2\n", File.ReadAllText(directory["seen"]));
        Assert.DoesNotContain("hooked", File.ReadAllText(directory["listed"]), StringComparison.Ordinal);
        Assert.EndsWith("tail", File.ReadAllText(directory["out/hooked.raw"]), StringComparison.Ordinal);
        foreach (OutputReport output in report.Outputs)
        {
            Assert.Equal(new FileInfo(output.Path).Length, output.Size);
            Assert.Equal(Tool.Check("sha256sum", output.Path).Split(' ')[0], output.Sha256);
        }
    }

    [Fact]
    public void A_command_that_fails_leaves_no_output_and_the_old_ones()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["out"]);
        File.WriteAllText(directory["out/hooked.raw"], "old");
        Define(directory, """["true", "echo not good >&2; [ $DISK_IMAGE_FORMAT = raw ]"]""");

        BuildException exception = Assert.Throws<BuildException>(() => Build(directory));

        Assert.Contains("image.hooks.after[1] failed with hooked.qcow2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("not good", exception.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(directory["out/hooked.raw"]));
        Assert.Equal([directory["out/hooked.raw"]], Directory.GetFileSystemEntries(directory["out"]));
        Assert.True(ReproducibilityCheck.Run(DefinitionReader.Read(directory["hooked.yaml"]), new BuildOptions()).IsReproducible);
    }

    private static void Define(TempDirectory directory, string hooks) => File.WriteAllText(
        directory["hooked.yaml"], $"image:\n  format: [raw, qcow2]\n  partitions: [{{ size: 1M }}]\n  hooks: {{ after: {hooks} }}\n");

    private static BuildReport Build(TempDirectory directory) =>
        ImageBuilder.Build(DefinitionReader.Read(directory["hooked.yaml"]), new BuildOptions { OutputPath = directory["out/"] });

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

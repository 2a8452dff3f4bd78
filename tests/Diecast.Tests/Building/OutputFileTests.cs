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

    /// <summary>With one raw output, which is written as it is hashed; the variables of firmware are a file of the build, too.</summary>
    [ToolFact("/usr/share/OVMF/OVMF_VARS_4M.fd")]
    public void A_command_gets_the_definitions_directory_its_users_path_and_every_file()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["hooked.yaml"], """
            name: hooked
            image:
              partitions: [{ type: esp, size: 4M, fileSystem: vfat, content: { directory: esp } }]
              efiVariables: { template: /usr/share/OVMF/OVMF_VARS_4M.fd, program: /efi/small/GRUBX64.EFI }
              hooks: { after: ['pwd >>seen; echo "$DISK_IMAGE_NAME $PATH $LC_ALL $(wc -c <"$DISK_IMAGE")" >>seen'] }
            """);
        Directory.CreateDirectory(directory["esp/EFI/small"]);
        File.WriteAllText(directory["esp/EFI/small/grubx64.efi"], "program");

        BuildReport report = Build(directory);

        string path = Environment.GetEnvironmentVariable("PATH")!;
        Assert.Equal(
            string.Concat(report.Outputs.Select(output => $"{directory.Path}\n{Path.GetFileName(output.Path)} {path} C.UTF-8 {output.Size}\n")),
            File.ReadAllText(directory["seen"]));
        Assert.Equal(["hooked.raw", "hooked-efi-vars.fd"], report.Outputs.Select(output => Path.GetFileName(output.Path)));
        File.Delete(directory["esp/EFI/small/grubx64.efi"]);
        Assert.Contains("has no /efi/small/GRUBX64.EFI", Assert.Throws<BuildException>(() => Build(directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_with_a_directory_is_refused()
    {
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.ReadText(
            "name: x\nsystem: { base: { tar: x.tar } }\nimage: { type: oci, format: oci-dir, hooks: { after: [\"true\"] } }\n", "x.yaml", ".")).Errors, one => one.Path.StartsWith("image", StringComparison.Ordinal));
        Assert.Equal(("image.hooks.after", "command on an output that is a directory"), (error.Path, error.Message));
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

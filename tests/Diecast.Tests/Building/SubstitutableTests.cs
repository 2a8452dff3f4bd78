using Diecast.Building;
using Diecast.Definitions;
using Diecast.Tests.Bases;

namespace Diecast.Tests.Building;

/// <summary>A base that is to stay nowhere.</summary>
public sealed class SubstitutableTests
{
    [ToolTheory("mmdebstrap", "dpkg-deb")]
    [InlineData("yes", 1)]
    [InlineData("no", 0)]
    public void What_may_not_be_substituted_is_not_kept(string substitutable, int kept)
    {
        using var directory = new TempDirectory();
        var archive = new LocalArchive(directory["archive"]);
        archive.Add("plain", ("/usr/share/plain", "x"));
        archive.Publish();
        LoadedDefinition loaded = DefinitionReader.ReadText(
            $$"""
            name: plain
            system:
              base:
                debian:
                  suite: local
                  variant: custom
                  architecture: amd64
                  packages: [base-files, plain]
                  mirror: "{{archive.SourceLine}}"
            image:
              substitutable: {{substitutable}}
              partitions: [{ fileSystem: ext4, mountPoint: / }]
            """,
            "plain.yaml",
            directory.Path);

        BuildReport report = ImageBuilder.Build(loaded, new BuildOptions { OutputPath = directory["plain.raw"], CacheDirectory = directory["cache"] });

        Assert.True(File.Exists(Assert.Single(report.Outputs).Path));
        string[] left = [.. Directory.EnumerateFileSystemEntries(directory["cache"]).SelectMany(Directory.EnumerateFileSystemEntries)];
        Assert.Equal(kept, left.Length);
    }
}

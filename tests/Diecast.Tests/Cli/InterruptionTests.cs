using System.Diagnostics;
using System.Globalization;
using Diecast.Tests.Bases;

namespace Diecast.Tests.Cli;

/// <summary>What a build leaves behind when it cannot go on: nothing.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolTheory("mmdebstrap", "dpkg-deb", "ps")]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public void A_signal_ends_a_build_with_130_without_an_output_or_a_process(string signal)
    {
        // The package's script never ends by itself, and its name tells its processes from all others. mmdebstrap keeps
        // what scripts say to itself until they end, so its own words say that it is at work.
        string name = "endless" + Path.GetFileName(_directory.Path).ToLowerInvariant().Replace('-', 'x');
        Define(name, "#!/bin/sh\nwhile :; do :; done\n");
        using Process process = Start("-v");
        while (process.StandardError.ReadLine() is { } line && !line.Contains("I: installing", StringComparison.Ordinal))
        {
        }

        Tool.Check("kill", signal, process.Id.ToString(CultureInfo.InvariantCulture));
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 130, $"ended with {process.ExitCode}: {error}");
        Assert.Contains("interrupted", error, StringComparison.Ordinal);
        CheckNothingIsLeft();
        Assert.DoesNotContain(name, Tool.Run("ps", "-eo", "args").Output, StringComparison.Ordinal);
    }

    [ToolFact("mmdebstrap", "dpkg-deb")]
    public void A_package_that_fails_ends_a_build_with_1_and_names_the_log()
    {
        Define("failing", "#!/bin/sh\necho this package cannot be set up >&2\nexit 7\n");
        using Process process = Start();

        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 1, $"ended with {process.ExitCode}: {error}");
        Assert.Contains("this package cannot be set up", error, StringComparison.Ordinal);
        string log = error.Split('\n').Single(line => line.Contains("log: ", StringComparison.Ordinal)).Split("log: ")[1].Trim();
        Assert.Contains("this package cannot be set up", File.ReadAllText(log), StringComparison.Ordinal);
        CheckNothingIsLeft();
    }

    [ToolFact("unshare")]
    public void A_full_disk_ends_a_build_with_1_and_leaves_the_old_output()
    {
        Directory.CreateDirectory(_directory["files"]);
        File.WriteAllBytes(_directory["files/data"], new byte[3 << 20]);
        File.WriteAllText(_directory["data.yaml"], """
            name: data
            epoch: 0
            image:
              partitions: [{ fileSystem: ext4, content: { directory: files } }]
            """);
        Directory.CreateDirectory(_directory["small"]);
        File.WriteAllText(_directory["old"], "old");

        // A private mount namespace of an ordinary user: a disk of 1 MiB that is gone when the command ends.
        (int exitCode, string output) = Tool.Run(
            "unshare", "-rm", "sh", "-c",
            "mount -t tmpfs -o size=1M small \"$1/small\" && cp \"$1/old\" \"$1/small/out.img\" && "
            + "{ dotnet \"$2\" build \"$1/data.yaml\" -o \"$1/small/out.img\"; code=$?; ls -A \"$1/small\"; cat \"$1/small/out.img\"; exit $code; }",
            "sh", _directory.Path, Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll"));

        Assert.True(exitCode == 1, $"ended with {exitCode}: {output}");
        Assert.Contains("bytes free", output, StringComparison.Ordinal);
        Assert.Contains("out.img\nold", output, StringComparison.Ordinal);
    }

    private void Define(string package, string script)
    {
        var archive = new LocalArchive(_directory["archive"]);
        archive.Add(package, script);
        archive.Publish();
        File.WriteAllText(_directory["out.img"], "old");
        File.WriteAllText(_directory["system.yaml"], $$"""
            name: system
            system:
              base:
                debian:
                  suite: local
                  variant: custom
                  architecture: amd64
                  packages: [base-files, {{package}}]
                  mirror: "{{archive.SourceLine}}"
            image:
              partitions: [{ type: linux-generic, fileSystem: ext4, mountPoint: / }]
            """);
    }

    private Process Start(params string[] arguments)
    {
        // A test run in the background of a shell ignores SIGINT, and so would what it starts.
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT,TERM", "dotnet", program, "build", _directory["system.yaml"], "-o", _directory["out.img"], .. arguments])
        {
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = _directory["cache"];
        start.Environment["XDG_STATE_HOME"] = _directory["state"];
        return Process.Start(start)!;
    }

    private void CheckNothingIsLeft()
    {
        Assert.Equal("old", File.ReadAllText(_directory["out.img"]));
        Assert.Equal(["archive", "cache", "out.img", "state", "system.yaml"], Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_directory["cache/diecast/debian"]));
    }
}

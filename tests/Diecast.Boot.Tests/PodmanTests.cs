using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>The example container, built as users build it, loaded and booted by podman.</summary>
public sealed class PodmanTests
{
    private const string Name = "docker.io/library/casterino:1.0";

    /// <summary>systemd answers from when its socket is there.</summary>
    private const string Wait = "until [ -S /run/systemd/private ]; do sleep 0.2; done; exec systemctl is-system-running --wait";

    [PodmanFact]
    public void The_example_container_is_loaded_boots_and_ends()
    {
        using var directory = new TempDirectory();
        BuildReport report = Build(directory["out/"], "image.format=[docker, oci-dir, oci]");
        Assert.Equal(3, report.Outputs.Count);
        using var podman = new Podman();

        Assert.Contains(Name, podman.Check("load", "--input", directory["out/casterino.docker.tar"]), StringComparison.Ordinal);
        string id = podman.Check("images", "--quiet", "--no-trunc", Name).Trim();
        // Each form is the same image: its id is the digest of its configuration.
        foreach (string path in (string[])["oci:" + directory["out/casterino.oci"] + ":1.0", "oci-archive:" + directory["out/casterino.oci.tar"]])
            Assert.Equal(id["sha256:".Length..], podman.Check("pull", "--quiet", path).Trim());

        Assert.Equal("ada\n", podman.Check(["run", "--rm", .. Podman.Plain, "--entrypoint", "[\"/usr/bin/id\", \"-nu\", \"ada\"]", Name]).ReplaceLineEndings("\n"));

        podman.Check(["run", "--detach", "--name", "booted", .. Podman.Plain, .. Podman.Systemd, Name]);
        string state = podman.Run("exec", "booted", "timeout", "240", "sh", "-c", Wait).Output.Trim();
        Assert.True(state == "running", $"{state}:\n{podman.Run("exec", "booted", "systemctl", "--failed", "--no-pager").Output}");
        Assert.Equal("active", podman.Check("exec", "booted", "systemctl", "is-active", "cron").Trim());
        Assert.Equal("32", podman.Check("exec", "booted", "sh", "-c", "tr -d '\\n' </etc/machine-id | wc -c").Trim());

        // By the image's own stop signal, which has systemd stop everything: killed, it would say 137.
        podman.Check("stop", "--time", "60", "booted");
        Assert.Equal("0", podman.Check("inspect", "--format", "{{.State.ExitCode}}", "booted").Trim());
    }

    [PodmanFact]
    public void The_same_container_is_built_twice()
    {
        using var directory = new TempDirectory();
        string[] first = [.. Build(directory["a/"], "image.format=[docker, oci-dir]").Outputs.Select(output => output.Sha256!)];
        string[] second = [.. Build(directory["b/"], "image.format=[docker, oci-dir]").Outputs.Select(output => output.Sha256!)];
        Assert.Equal(first, second);
    }

    private static BuildReport Build(string path, params string[] overrides)
    {
        LoadedDefinition loaded = DefinitionReader.Read(Checkout.PathOf("examples/container.yaml"), new DefinitionOverrides { Set = [.. overrides] });
        return ImageBuilder.Build(loaded, new BuildOptions { OutputPath = path });
    }
}

using System.Diagnostics;

namespace Diecast.Boot.Tests;

/// <summary>The same definition gives the same bytes wherever, whenever and however the command is run.</summary>
[Collection(ExampleServerCollection.Name)]
public sealed class ReproducibilityTests(ExampleServer server)
{
    [ToolFact("mmdebstrap")]
    public void Directory_time_umask_zone_locale_and_processors_do_not_matter()
    {
        using var first = new TempDirectory();
        using var second = new TempDirectory();
        string definitions = Checkout.PathOf("examples");
        CopyDirectory(definitions, first["a"]);
        CopyDirectory(definitions, second["some/other place/ü"]);

        string one = Build(first["a"], "debian-server.yaml", "umask 022", ("TZ", "UTC"), ("LC_ALL", "C"), ("HOME", Home));
        string two = Build(
            second.Path, "some/other place/ü/debian-server.yaml", "umask 077; taskset -p -c 0 $$ >/dev/null",
            ("TZ", "Pacific/Chatham"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("USER", "somebody"), ("HOME", Home),
            ("DOTNET_PROCESSOR_COUNT", "1"));

        Assert.Equal(one, two);
        Assert.Equal(Tool.Check("sha256sum", server.Qcow2Path).Split(' ')[0], one);
    }

    private static string Home => Environment.GetEnvironmentVariable("HOME") ?? "/";

    /// <summary>Runs the command in a directory and returns the digest of what it made.</summary>
    private static string Build(string directory, string definition, string prepare, params (string Name, string Value)[] environment)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
        IEnumerable<string> overrides = ExampleServer.Patience.SelectMany(set => new[] { "--set", set });
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{prepare}; exec dotnet \"$0\" build -q -o out.img \"$@\"", program, definition, .. overrides])
        {
            WorkingDirectory = directory,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"diecast ended with {process.ExitCode}: {error}{output.Result}");
        return Tool.Check("sha256sum", Path.Combine(directory, "out.img")).Split(' ')[0];
    }

    private static void CopyDirectory(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string directory in Directory.GetDirectories(source, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(target, Path.GetRelativePath(source, directory)));
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(target, Path.GetRelativePath(source, file)));
    }
}

using Diecast.Cli.Rendering;

namespace Diecast.Tests.Genimage;

/// <summary>A directory with the inputs of genimage's own tests, and the command as genimage, in this process, on it.</summary>
internal sealed class GenimageProgram : IDisposable
{
    private readonly TempDirectory _directory = new();

    internal GenimageProgram()
    {
        foreach (string folder in (string[])["input", "images", "root", "tmp"])
            Directory.CreateDirectory(_directory[folder]);
        Input("part1.img", new byte[3584]);
        Input("part2.img", new byte[5632]);
        byte[] data = new byte[5000];
        new Random(1).NextBytes(data);
        Input("data.img", data);
    }

    internal Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    internal string this[string name] => _directory[name];

    internal string Image(string name) => Path.Combine(_directory["images"], name);

    internal void Input(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_directory["input"], name))!);
        File.WriteAllBytes(Path.Combine(_directory["input"], name), content);
    }

    internal void Root(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_directory["root"], name))!);
        File.WriteAllText(Path.Combine(_directory["root"], name), content);
    }

    /// <summary>Runs a configuration.</summary>
    internal (int ExitCode, string Output, string Error) Run(string configuration, params string[] more)
    {
        File.WriteAllText(_directory["test.cfg"], configuration);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, outputRedirected: true, errorRedirected: true);
        int exitCode = DiecastProgram.RunGenimageAsync([.. Switches("images"), .. more], terminal, Environment.GetValueOrDefault).GetAwaiter().GetResult();
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a configuration that must come out.</summary>
    internal void Make(string configuration, params string[] more)
    {
        (int exitCode, _, string error) = Run(configuration, more);
        Assert.True(exitCode == 0, error);
    }

    /// <summary>Runs a configuration that must not, and returns what is said; no image is left.</summary>
    internal string Fail(string configuration, params string[] more)
    {
        string said = FailWith(configuration, more);
        Assert.Empty(Directory.GetFileSystemEntries(_directory["images"]));
        return said;
    }

    /// <summary>Runs a configuration that must not come out, beside images that are there already.</summary>
    internal string FailWith(string configuration, params string[] more)
    {
        (int exitCode, _, string error) = Run(configuration, more);
        Assert.Equal(1, exitCode);
        return string.Join(' ', error.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).Replace(_directory.Path + "/", "", StringComparison.Ordinal);
    }

    /// <summary>Runs genimage itself on the last configuration, into a directory of its own.</summary>
    /// <returns>That directory.</returns>
    internal string RunOriginal()
    {
        string images = Directory.CreateDirectory(_directory["original"]).FullName;
        Directory.Delete(_directory["tmp"], recursive: true);
        Tool.Check("genimage", Switches("original"));
        return images;
    }

    /// <summary>The partitions of an image: start, sectors and type of each.</summary>
    internal string[] Partitions(string name) => [.. Tool.Check("sfdisk", "-d", Image(name)).Split('\n')
        .Where(line => line.StartsWith(Image(name), StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(" : ", StringComparison.Ordinal) + 3)..].Replace(" ", "", StringComparison.Ordinal)
            .Replace("start=", "", StringComparison.Ordinal).Replace("size=", "", StringComparison.Ordinal).Replace("type=", "", StringComparison.Ordinal))];

    public void Dispose() => _directory.Dispose();

    private string[] Switches(string output) =>
    [
        $"--config={_directory["test.cfg"]}", $"--inputpath={_directory["input"]}", $"--rootpath={_directory["root"]}",
        $"--tmppath={_directory["tmp"]}", $"--outputpath={_directory[output]}", "--loglevel=1",
    ];
}

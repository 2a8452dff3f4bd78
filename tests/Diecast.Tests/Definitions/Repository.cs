namespace Diecast.Tests.Definitions;

/// <summary>Files of the repository that tests read, and those that they keep up to date.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>A generated file is what it should be; with DIECAST_UPDATE=1 it is written instead.</summary>
    internal static void AssertGenerated(string relative, string expected)
    {
        string path = PathOf(relative);
        string actual = File.Exists(path) ? File.ReadAllText(path) : "";
        if (actual == expected)
            return;
        if (Environment.GetEnvironmentVariable("DIECAST_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
            return;
        }

        Assert.Fail($"{relative} is stale. It is generated: run the tests with DIECAST_UPDATE=1 until they pass, and commit it.\n"
            + FirstDifference(actual, expected));
    }

    private static string FirstDifference(string actual, string expected)
    {
        string[] there = actual.Split('\n');
        string[] wanted = expected.Split('\n');
        int line = 0;
        while (line < there.Length && line < wanted.Length && there[line] == wanted[line])
            line++;
        return $"line {line + 1}\n  is:     {there.ElementAtOrDefault(line)}\n  should: {wanted.ElementAtOrDefault(line)}";
    }

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "Diecast.slnx")))
            at = Path.GetDirectoryName(at);
        return at ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}

using Xunit;

namespace Diecast.Testing;

/// <summary>The checkout that the tests were built from: files that tests read, and those that they keep up to date.</summary>
public static class Checkout
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The full path of a file of the checkout.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>A generated file is what it should be; with DIECAST_UPDATE=1 it is written instead.</summary>
    public static void AssertGenerated(string relative, string expected)
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

    private static string Find(string directory)
    {
        for (string? at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Diecast.slnx")))
                return at;
        }

        throw new DirectoryNotFoundException($"{directory} is not inside a checkout");
    }
}

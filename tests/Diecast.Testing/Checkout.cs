namespace Diecast.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The full path of a file of the checkout.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

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

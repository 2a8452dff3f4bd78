namespace Diecast.Store;

/// <summary>Directories of the user, as the XDG Base Directory Specification places them.</summary>
internal static class UserDirectories
{
    /// <summary><c>$XDG_CACHE_HOME/diecast</c>, by default <c>~/.cache/diecast</c>.</summary>
    internal static string Cache => Path.Combine(Base("XDG_CACHE_HOME", ".cache"), "diecast");

    /// <summary><c>$XDG_STATE_HOME/diecast</c>, by default <c>~/.local/state/diecast</c>.</summary>
    internal static string State => Path.Combine(Base("XDG_STATE_HOME", ".local/state"), "diecast");

    /// <summary>A relative path in the variable is invalid and ignored, as the specification says.</summary>
    internal static string Locate(string variable, string? value, string home, string standard)
    {
        if (value is not null && Path.IsPathRooted(value))
            return value;
        return home.Length > 0
            ? Path.Combine(home, standard)
            : throw new BuildException($"neither {variable} nor HOME is set", $"set {variable} to a directory");
    }

    private static string Base(string variable, string standard) => Locate(
        variable,
        Environment.GetEnvironmentVariable(variable),
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        standard);
}

using System.Collections.Immutable;

namespace Diecast.Processes;

/// <summary>The environment of programs that are run: the same whoever runs them.</summary>
internal static class ChildEnvironment
{
    private static readonly string[] ProxyNames = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

    /// <summary>Search path, language and time zone, and nothing else.</summary>
    internal static ImmutableSortedDictionary<string, string> Fixed { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
            .Add("HOME", "/root")
            .Add("LANG", "C.UTF-8")
            .Add("LC_ALL", "C.UTF-8")
            .Add("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .Add("TZ", "UTC");

    /// <summary>The fixed variables, and the user's proxies and directory for temporary files.</summary>
    internal static ImmutableSortedDictionary<string, string> WithNetwork()
    {
        ImmutableSortedDictionary<string, string> environment = Fixed;
        foreach (string name in ProxyNames.SelectMany(name => (string[])[name, name.ToUpperInvariant()]).Append("TMPDIR"))
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment = environment.SetItem(name, value);
        }

        return environment;
    }
}

using System.Collections.Immutable;
using Diecast.Processes;

namespace Diecast.Bases.Nix;

/// <summary>Asks the tool of the build machine's store what its paths refer to.</summary>
internal static class StoreTool
{
    private const string GuixStore = "/gnu/store";

    /// <summary>Variables that say where a store and its daemon are.</summary>
    private static readonly string[] Inherited =
        ["HOME", "USER", "NIX_REMOTE", "NIX_STORE_DIR", "NIX_STATE_DIR", "NIX_CONF_DIR", "NIX_CONFIG", "GUIX_DAEMON_SOCKET", "GUIX_STATE_DIRECTORY", "XDG_CACHE_HOME"];

    /// <summary>The closure of paths, with the paths themselves.</summary>
    /// <exception cref="BuildException">There is no such tool, or it knows no such path.</exception>
    internal static IReadOnlyList<string> Closure(string store, IReadOnlyList<string> paths, CancellationToken cancellation) =>
        IsGuix(store) ? Paths(Run("guix", ["gc", "--requisites", .. paths], cancellation)) : Paths(Run("nix-store", ["--query", "--requisites", .. paths], cancellation));

    /// <summary>What the store knows of paths.</summary>
    /// <exception cref="BuildException">There is no such tool, or it knows no such path.</exception>
    internal static IReadOnlyList<StoreItemInfo> Describe(string store, IReadOnlyList<string> paths, CancellationToken cancellation) => IsGuix(store)
        ? [.. paths.Select(path => new StoreItemInfo { Path = path, References = Paths(Run("guix", ["gc", "--references", path], cancellation)).Order(StringComparer.Ordinal).ToValueList() })]
        : Registration.Parse(Run("nix-store", ["--dump-db", .. paths], cancellation), "what nix-store --dump-db says");

    private static bool IsGuix(string store) => store == GuixStore;

    private static string[] Paths(string output) => [.. output.Split('\n').Where(StoreItemName.IsPath).Distinct(StringComparer.Ordinal)];

    private static string Run(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ImmutableSortedDictionary<string, string> environment = ChildEnvironment.Fixed;
        foreach (string name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment = environment.SetItem(name, value);
        }

        // A system of Nix or Guix has its programs nowhere else.
        if (Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path)
            environment = environment.SetItem("PATH", path + ":" + environment["PATH"]);
        return ChildProcess.RunForText(
            new ChildProcessStart
            {
                Program = program,
                Arguments = arguments,
                Environment = environment,
                MissingFix = program == "guix"
                    ? "install Guix, or give registration: what its paths refer to"
                    : "apt install nix-bin, or give registration: what its paths refer to",
            },
            cancellation);
    }
}

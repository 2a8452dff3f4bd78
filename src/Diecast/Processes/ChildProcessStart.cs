namespace Diecast.Processes;

/// <summary>How a program is run.</summary>
internal sealed record ChildProcessStart
{
    /// <summary>Name, looked up in the PATH of <see cref="Environment"/>, or path.</summary>
    internal required string Program { get; init; }

    /// <summary>Arguments, without the program's own name.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>All of its environment: nothing is inherited. Default: <see cref="ChildEnvironment.Fixed"/>.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; init; } = ChildEnvironment.Fixed;

    /// <summary>Working directory. Default: /.</summary>
    internal string Directory { get; init; } = "/";

    /// <summary>File that its standard error is written to, or null. Default: null.</summary>
    internal string? LogPath { get; init; }

    /// <summary>Told each line of standard error. Default: nobody.</summary>
    internal IProgress<string>? Lines { get; init; }

    /// <summary>Time between the request to end and the end. Default: 10 seconds.</summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What to do when the program is not installed. Default: nothing is said.</summary>
    internal string? MissingFix { get; init; }
}

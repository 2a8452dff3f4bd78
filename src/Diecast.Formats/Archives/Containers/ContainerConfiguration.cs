namespace Diecast.Formats.Archives;

/// <summary>What a container image says of how it is run (OCI image specification, config.md).</summary>
public sealed record ContainerConfiguration
{
    /// <summary>Processor architecture, as Go names it: <c>amd64</c>, <c>386</c>, <c>arm</c>, <c>arm64</c>, <c>riscv64</c>, …</summary>
    public required string Architecture { get; init; }

    /// <summary>Variant of the architecture, as in <c>v7</c> for <c>arm</c>. Default: none.</summary>
    public string? Variant { get; init; }

    /// <summary>Operating system, as Go names it. Default: linux.</summary>
    public string OperatingSystem { get; init; } = "linux";

    /// <summary>When the image was made. Default: 1970-01-01.</summary>
    public Timestamp Created { get; init; }

    /// <summary>Who runs the program, a name or number, with a group behind a colon. Default: none, which is root.</summary>
    public string User { get; init; } = "";

    /// <summary>Variables of the program, <c>NAME=value</c>, in order. Default: none.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The program and its first arguments. Default: none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>Further arguments, or the program where there is no entry point. Default: none.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The program's working directory. Default: none, which is the root.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Ports that the program listens on, <c>80/tcp</c>. Default: none.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Directories whose content is no part of the container. Default: none.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Names and values about the image. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>The signal that ends the program, as in <c>SIGTERM</c> or <c>SIGRTMIN+3</c>. Default: none, the runtime's.</summary>
    public string? StopSignal { get; init; }
}

using System.Globalization;
using System.Text.Json;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.Firmware;
using Diecast.Formats.Inspection;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary>What <c>diecast info</c> tells of EFI programs and of files of firmware variables.</summary>
internal static class FirmwareInfo
{
    /// <summary>Grows when a field changes its meaning or goes; new fields leave it.</summary>
    private const int SchemaVersion = 1;

    /// <summary>Bytes of a variable that are shown; JSON has all.</summary>
    private const int ShownBytes = 16;

    /// <summary>Prints what a path is where it is one of them; false where it is something else.</summary>
    internal static bool TryPrint(Terminal terminal, string path, bool isJson)
    {
        // A pipe has no length, and is not opened to look.
        var found = new FileInfo(path);
        if (!found.Exists || found.Length == 0)
            return false;
        using var file = HostFile.Open(path);
        Blob content = Blob.FromFile(file, 0, found.Length);
        string full = Path.GetFullPath(path);
        if (FoundProgram.Find(content) is { } program)
        {
            ProgramJson info = Describe(full, program);
            if (isJson)
                terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(info, JsonDocuments.Text.ProgramJson));
            else
                Print(terminal, info);
            return true;
        }

        if (!EfiVariableStore.IsStore(content))
            return false;
        VariablesJson variables = Describe(full, content.Length, EfiVariableStore.Read(content));
        if (isJson)
            terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(variables, JsonDocuments.Text.VariablesJson));
        else
            Print(terminal, variables);
        return true;
    }

    private static ProgramJson Describe(string path, FoundProgram program) => new(
        SchemaVersion,
        path,
        program.Kind switch
        {
            FoundProgramKind.UnifiedKernelImage => "unified kernel image",
            FoundProgramKind.UnifiedKernelAddon => "unified kernel addon",
            _ => "EFI program",
        },
        program.File.Machine == PeMachine.Unknown
            ? string.Create(CultureInfo.InvariantCulture, $"0x{program.File.MachineNumber:x4}")
            : program.File.Machine.ToString().ToLowerInvariant(),
        program.File.Content.Length,
        program.Digest,
        program.Fault,
        program.KernelRelease,
        program.CommandLine,
        program.OsRelease,
        [.. program.Profiles.Select(profile => new ProfileJson(profile.Id, profile.Title, profile.CommandLine))],
        [.. program.Signatures.Select(signature => new SignatureJson(
            signature.Signer?.Subject,
            signature.Signer?.Issuer,
            signature.Signer?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(),
            Time(signature.SigningTime),
            signature.IsIntact))],
        [.. program.File.Sections.Select(section => new SectionJson(section.Name, section.VirtualAddress, section.VirtualLength, section.Offset))]);

    private static VariablesJson Describe(string path, long length, EfiVariableStore store) => new(
        SchemaVersion,
        path,
        "EFI variables",
        length,
        store.IsAuthenticated,
        store.FreeBytes,
        [.. store.Variables.Select(variable => new VariableJson(
            variable.Name,
            variable.Vendor.ToString(),
            [.. Attributes(variable.Attributes)],
            Time(variable.Time),
            Convert.ToHexStringLower(variable.Data.Span)))]);

    private static void Print(Terminal terminal, ProgramJson info)
    {
        var table = new TextTable();
        Row("image", info.Path);
        Row("format", $"{info.Format} for {info.Machine}");
        Row("size", string.Create(CultureInfo.InvariantCulture, $"{Units.Size(info.Size)} ({info.Size} bytes)"));
        Optional("digest", info.Digest is null ? null : "sha256:" + info.Digest);
        Optional("fault", info.Fault);
        Optional("kernel", info.KernelRelease);
        Optional("command line", info.CommandLine);
        Optional("system", Name(info.OsRelease));
        foreach (ProfileJson profile in info.Profiles)
            Row("profile", string.Join(' ', new[] { profile.Id, profile.Title is null ? null : $"({profile.Title})", profile.CommandLine }.OfType<string>()));
        foreach (SignatureJson signature in info.Signatures)
        {
            string time = signature.Time is null ? "" : $", {signature.Time}";
            Row("signed by", $"{signature.Signer ?? "someone whose certificate is not there"}{time}{(signature.Intact ? "" : ", not intact")}");
        }

        table.Write(terminal);
        terminal.Output.WriteLine();
        var sections = new TextTable(1, 2);
        sections.Add(Head("section"), Head("size"), Head("start"), Head("address"));
        foreach (SectionJson section in info.Sections)
            sections.Add(InfoCommand.Shown(section.Name), Units.Size(section.Size), Units.Size(section.Start), string.Create(CultureInfo.InvariantCulture, $"0x{section.Address:x}"));
        sections.Write(terminal);

        void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), InfoCommand.Shown(value));

        void Optional(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                Row(name, value);
        }
    }

    private static void Print(Terminal terminal, VariablesJson info)
    {
        var table = new TextTable();
        Row("image", info.Path);
        Row("format", info.Authenticated ? "EFI variables, authenticated" : "EFI variables");
        Row("size", string.Create(CultureInfo.InvariantCulture, $"{Units.Size(info.Size)} ({info.Size} bytes)"));
        Row("free", Units.Size(info.Free));
        table.Write(terminal);
        if (info.Variables.Length == 0)
            return;
        terminal.Output.WriteLine();
        var variables = new TextTable(1);
        variables.Add(Head("variable"), Head("size"), Head("vendor"), Head("data"));
        foreach (VariableJson variable in info.Variables)
        {
            int size = variable.Data.Length / 2;
            string data = size <= ShownBytes ? variable.Data : variable.Data[..(ShownBytes * 2)] + "...";
            variables.Add(InfoCommand.Shown(variable.Name), Units.Size(size), variable.Vendor, data);
        }

        variables.Write(terminal);

        void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), InfoCommand.Shown(value));
    }

    private static TextTable.Cell Head(string text) => new(text, "bold");

    private static IEnumerable<string> Attributes(EfiVariableAttributes attributes)
    {
        foreach ((EfiVariableAttributes flag, string name) in new[]
        {
            (EfiVariableAttributes.NonVolatile, "non-volatile"),
            (EfiVariableAttributes.BootServices, "boot-services"),
            (EfiVariableAttributes.Runtime, "runtime"),
            (EfiVariableAttributes.HardwareErrorRecord, "hardware-error-record"),
            (EfiVariableAttributes.CountAuthenticated, "count-authenticated"),
            (EfiVariableAttributes.TimeAuthenticated, "time-authenticated"),
        })
        {
            if (attributes.HasFlag(flag))
                yield return name;
        }
    }

    private static string? Name(string? release)
    {
        string[] lines = (release ?? "").Split('\n');
        string? line = Array.Find(lines, l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) ?? Array.Find(lines, l => l.StartsWith("NAME=", StringComparison.Ordinal));
        return line?[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().Trim('"', '\'');
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using Diecast.Formats.Blobs;
using static System.FormattableString;

namespace Diecast.Formats.Firmware;

/// <summary>The variables of a virtual machine's firmware: OVMF's and AAVMF's files (<c>OVMF_VARS_4M.fd</c>).</summary>
/// <remarks>
/// A store is a value: a change gives another. What is around the variables, such as edk2's area for writes that survive a loss of
/// power, stays what it is in the file that was read. Files may come from anyone.
/// </remarks>
public sealed class EfiVariableStore
{
    internal const string Format = "efi variables";

    private readonly VariableVolume _volume;

    private EfiVariableStore(VariableVolume volume, IReadOnlyList<EfiVariable> variables)
    {
        _volume = volume;
        Variables = variables;
        long used = volume.Measure(variables);
        if (used > volume.Capacity)
            throw new DoesNotFitException(Format, used, volume.Capacity, Invariant($"{variables.Count} variables take {used} bytes, and there is room for {volume.Capacity}"));
        FreeBytes = volume.Capacity - used;
    }

    /// <summary>The variables in the order in which they stand; those that are deleted are not there.</summary>
    public IReadOnlyList<EfiVariable> Variables { get; }

    /// <summary>Bytes that are left for more variables, their headers included.</summary>
    public long FreeBytes { get; }

    /// <summary>Whether the store holds times, which Secure Boot's keys need.</summary>
    public bool IsAuthenticated => _volume.IsAuthenticated;

    /// <summary>Whether a file begins as a volume of variables does.</summary>
    public static bool IsStore(Blob file) => VariableVolume.IsVolume(file);

    /// <summary>Reads a file of variables: a template of the firmware's package, or what a machine has written.</summary>
    /// <remarks>AAVMF's template is empty, which its firmware formats when it starts; it is taken as what comes of that.</remarks>
    /// <exception cref="InvalidImageException">It is none, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static EfiVariableStore Read(Blob file)
    {
        ArgumentNullException.ThrowIfNull(file);
        VariableVolume volume = VariableVolume.Read(file);
        return new EfiVariableStore(volume, volume.ReadVariables());
    }

    /// <summary>The variable of a name and a vendor; null when there is none.</summary>
    public EfiVariable? Find(string name, Guid vendor) =>
        Variables.FirstOrDefault(variable => variable.Name == name && variable.Vendor == vendor);

    /// <summary>The store with a variable, which takes the place of one of its name and vendor, or comes last.</summary>
    /// <exception cref="UnrepresentableException">The name is empty or no Unicode, or the store holds no variables of its kind.</exception>
    /// <exception cref="DoesNotFitException">There is no room for it.</exception>
    public EfiVariableStore With(EfiVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (variable.Name.Length == 0 || variable.Name.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(variable.Name))
            throw new UnrepresentableException(Format, null, $"the name '{variable.Name}'; it is Unicode without NUL");
        if (!variable.Attributes.HasFlag(EfiVariableAttributes.NonVolatile))
            throw new UnrepresentableException(Format, variable.Name, "it is not kept, and the file is of those that are");
        if (!IsAuthenticated && (variable.Attributes & (EfiVariableAttributes.TimeAuthenticated | EfiVariableAttributes.CountAuthenticated)) != 0)
            throw new UnrepresentableException(Format, variable.Name, "its changes are signed, and the store has no place for their times");
        if (variable.Count < 0 || variable.KeyIndex is < 0 or > uint.MaxValue || variable.Time is { UtcDateTime.Year: < EfiTime.FirstYear })
            throw new UnrepresentableException(Format, variable.Name, Invariant($"its count, key or time; the time is of {EfiTime.FirstYear} or later"));
        if (variable.Data.Length == 0)
            throw new UnrepresentableException(Format, variable.Name, "it holds nothing, which is how one is deleted");
        EfiVariable[] changed = [.. Variables.Select(other => IsSame(other, variable) ? variable : other)];
        return new EfiVariableStore(_volume, Variables.Any(other => IsSame(other, variable)) ? changed : [.. Variables, variable]);
    }

    /// <summary>The store without a variable; the same where there is none of the name and vendor.</summary>
    public EfiVariableStore Without(string name, Guid vendor) =>
        Find(name, vendor) is null ? this : new EfiVariableStore(_volume, [.. Variables.Where(variable => variable.Name != name || variable.Vendor != vendor)]);

    /// <summary>The file: the variables one behind the other, and all else as it was read.</summary>
    public Blob ToBlob() => _volume.Write(Variables);

    private static bool IsSame(EfiVariable a, EfiVariable b) => a.Name == b.Name && a.Vendor == b.Vendor;
}

namespace Diecast.Building;

/// <summary>Something that happened in a build. Steps have numbers in the order in which they start.</summary>
/// <param name="Step">Number of the step, from 1.</param>
public abstract record BuildEvent(int Step);

/// <summary>A step began.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Title">What it does, as in <c>root file system</c>.</param>
public sealed record StepStarted(int Step, string Title) : BuildEvent(Step);

/// <summary>A step moved on.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Bytes">Bytes done.</param>
/// <param name="Total">Bytes to do, or null when that is not known.</param>
public sealed record StepProgress(int Step, long Bytes, long? Total) : BuildEvent(Step);

/// <summary>A step has a detail to tell, such as a line of a program that it runs.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Text">One line.</param>
public sealed record StepDetail(int Step, string Text) : BuildEvent(Step);

/// <summary>A step is done.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Title">What it did.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Bytes">Bytes that it moved or made; 0 when that says nothing.</param>
/// <param name="Summary">A few words on the result, as in <c>12,345 inodes, cached</c>.</param>
public sealed record StepFinished(int Step, string Title, TimeSpan Elapsed, long Bytes, string Summary) : BuildEvent(Step)
{
    /// <summary>Processor time of this process during the step, all threads together.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>Largest resident memory of this process during the step, in bytes; 0 where the kernel does not tell.</summary>
    public long PeakMemory { get; init; }
}

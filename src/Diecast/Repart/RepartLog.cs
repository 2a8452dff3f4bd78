namespace Diecast.Repart;

/// <summary>How much a message matters.</summary>
internal enum RepartLevel
{
    /// <summary>What is done.</summary>
    Info,

    /// <summary>What a reader should know.</summary>
    Notice,

    /// <summary>What is ignored, or may not be what was meant.</summary>
    Warning,
}

/// <summary>Takes what a run has to say; errors are thrown.</summary>
internal sealed class RepartLog(Action<RepartLevel, string> write)
{
    internal void Info(string text) => write(RepartLevel.Info, text);

    internal void Notice(string text) => write(RepartLevel.Notice, text);

    internal void Warning(string text) => write(RepartLevel.Warning, text);
}
